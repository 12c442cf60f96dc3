"""German, without umlauts (they are folded away before look-up): its numbers and the cues of
security codes; the other labels' cues are few yet."""

from __future__ import annotations

from masking.languages.table import Language, words

FILLERS = words(
    "ah ahm eh also ja und dann bindestrich strich leerzeichen punkt komma mhm nein ok okay"
)

TABLE = Language(
    code="de",
    digits={
        "null": "0", "ein": "1", "eins": "1", "eine": "1", "zwei": "2", "zwo": "2", "drei": "3",
        "vier": "4", "funf": "5", "fuenf": "5", "sechs": "6", "sieben": "7", "acht": "8",
        "neun": "9",
    },
    teens={
        "zehn": "10", "elf": "11", "zwolf": "12", "zwoelf": "12", "dreizehn": "13",
        "vierzehn": "14", "funfzehn": "15", "fuenfzehn": "15", "sechzehn": "16",
        "siebzehn": "17", "achtzehn": "18", "neunzehn": "19", "zwanzig": "20", "dreissig": "30",
        "dreizig": "30", "vierzig": "40", "funfzig": "50", "fuenfzig": "50", "sechzig": "60",
        "siebzig": "70", "achtzig": "80", "neunzig": "90",
        # A unit stands before its tens and is written with it: einundzwanzig is 21.
        **{
            f"{unit}und{tens}": f"{tens_digit}{digit}"
            for unit, digit in (
                ("ein", "1"), ("zwei", "2"), ("zwo", "2"), ("drei", "3"), ("vier", "4"),
                ("funf", "5"), ("fuenf", "5"), ("sechs", "6"), ("sieben", "7"), ("acht", "8"),
                ("neun", "9"),
            )
            for tens, tens_digit in (
                ("zwanzig", "2"), ("dreissig", "3"), ("vierzig", "4"), ("funfzig", "5"),
                ("fuenfzig", "5"), ("sechzig", "6"), ("siebzig", "7"), ("achtzig", "8"),
                ("neunzig", "9"),
            )
        },
    },
    tens={},
    hundred=frozenset({"hundert"}),
    hundreds={},
    thousand=frozenset({"tausend"}),
    repeat={"doppel": 2, "doppelt": 2, "zweimal": 2, "dreimal": 3},
    homophones={},
    fillers=FILLERS,
    neutral=FILLERS | words(
        "gut danke weiter bitte richtig genau verstanden alles klar die der das nummer ziffern"
    ),
    units=words(
        "euro cent dollar tag tage tagen woche wochen monat monate jahr jahre stunde stunden "
        "minute minuten sekunden mal prozent uhr milligramm gramm"
    ),
    cues={
        "CVV": (
            "kartenprufnummer", "kartenpruefnummer", "prufnummer", "pruefnummer", "prufziffer",
            "pruefziffer", "prufziffern", "pruefziffern", "kartenprufziffer", "sicherheitscode",
            "sicherheitsnummer", "sicherheitskode", "drei ziffern", "3 ziffern",
            "ruckseite der karte", "rueckseite der karte", "ruckseite ihrer karte",
            "ruckseite meiner karte", "auf der ruckseite", "auf der rueckseite", "ce vau vau",
            "c v v", "kartencode",
        ),
        "PIN": ("geheimzahl", "geheimnummer", "pin nummer", "personliche nummer", "pin"),
        "CARD": ("kartennummer", "kreditkarte", "kreditkartennummer", "debitkarte"),
        "PHONE": ("telefonnummer", "telefon", "handynummer", "handy", "mobilnummer", "ruckruf"),
        "EMAIL": ("e mail", "mail adresse"),
        "DOB": ("geburtsdatum", "geboren am", "geburtstag"),
        "ACCOUNT": ("kontonummer", "kundennummer", "vertragsnummer", "konto"),
        "MRN": ("patientennummer",),
        "EXPIRY": ("gultig bis", "gueltig bis", "ablaufdatum", "lauft ab"),
        "CODE": ("code", "kode"),
        "OTHER": (
            "postleitzahl", "bestellnummer", "rechnung", "rechnungsnummer", "betrag", "summe",
            "termin", "zimmer", "vorwahl", "referenz",
        ),
    },
)  # fmt: skip
