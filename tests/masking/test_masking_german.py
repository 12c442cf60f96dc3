"""German, row by row: what a caller says, and what of it is masked."""

from __future__ import annotations

import pytest

import masking
from masking import Turn
from masking.languages.de.figures import HUNDREDS, STEMS, TEENS
from masking.languages.de.forms import forms

# The question, if any; the answer with what must be masked in brackets, its label before a bar.
FOUND = [
    ("", "meine Kreditkarte ist die [CARD|vier eins eins eins eins eins eins eins eins eins eins "
     "eins eins eins eins eins]"),
    ("Wie lautet die Kartennummer?", "[CARD|4929 1837 4610 2231]."),
    ("Die sechzehn Ziffern?", "moment [CARD|fünfundfünfzig null fünf einundneunzig zwölf "
     "dreihundert"
     "fünfundvierzig sechs sieben acht neun null null]"),
    ("Und die Prüfnummer?", "[CVV|sieben drei neun]"),
    ("Die drei Ziffern auf der Rückseite?", "das sind [CVV|null eins zwo]"),
    ("", "der Sicherheitscode ist [CVV|739]"),
    ("Welche Kartenprüfnummer steht da?", "da steht [CVV|fünfhunderteinundfünfzig]"),
    ("Bitte Ihre PIN", "[PIN|vier vier zwei eins]"),
    ("", "meine Geheimzahl ist [PIN|einundzwanzig zweiundvierzig]"),
    ("Wie ist die Telefon-PIN?", "die ist [PIN|8812]"),
    ("Ihre Steuer-ID?", "[SSN|47 036 892 816]"),
    ("Ihre Steuer-ID?", "[SSN|vier sieben null drei sechs acht neun zwei acht eins sechs]"),
    ("", "die Rentenversicherungsnummer ist [SSN|65170839J003]"),
    ("", "meine Sozialversicherungsnummer lautet [SSN|1237 010180]"),
    ("", "meine AHV-Nummer ist [SSN|756 1234 5678 97]"),
    ("", "rufen Sie mich unter [PHONE|null eins sieben eins vierunddreißig fünfundsechzig sieben "
     "acht neun] zurück"),
    ("Unter welcher Nummer?", "unter [PHONE|null drei null zwei drei vier fünf sechs sieben acht]"),
    ("Eine Rückrufnummer?", "ja, [PHONE|0171 345 6789]"),
    ("", "meine Handynummer ist [PHONE|+49 171 3456789]"),
    ("", "Sie erreichen mich abends unter [PHONE|0221 5551234]"),
    ("Ihre Telefonnummer?", "[PHONE|plus vier neun eins sieben eins drei vier fünf sechs sieben "
     "acht neun]"),
    ("Ihre E-Mail?", "das ist [EMAIL|sabine punkt kessler ät gmx punkt de]"),
    ("", "schicken Sie es an [EMAIL|torsten Unterstrich lenz Klammeraffe web Punkt de]"),
    ("", "meine Mailadresse ist [EMAIL|jürgen.brandt@birkenhof.de]"),
    ("Eine Mailadresse?", "[EMAIL|k r u e g e r at posteo punkt de]"),
    ("", "ich bin am [DOB|dritten Mai neunzehnhundertzweiundachtzig] geboren"),
    ("Ihr Geburtsdatum?", "[DOB|03.05.1982]"),
    ("Ihr Geburtsdatum?", "[DOB|zwölfter elfter vierundsiebzig]"),
    ("", "geboren am [DOB|ersten Januar zweitausendeins]"),
    ("Wann sind Sie geboren?", "[DOB|14. Februar 1990]"),
    ("", "ich heiße [NAME|Jürgen Kaltwasser]"),
    ("", "mein name ist [NAME|karl-heinz niedermayer] und ich habe eine frage"),
    ("Mit wem spreche ich?", "mit [NAME|svenja thalhammer]"),
    ("Ihr Vor- und Nachname?", "[NAME|Anneliese Großmann]"),
    ("", "guten Tag, hier spricht [NAME|Björn von Stetten]"),
    ("", "der Vertrag läuft auf den Namen [NAME|petra obermeier]"),
    ("", "einen Moment bitte, Frau [NAME|Müller]"),
    ("Bitte buchstabieren Sie den Nachnamen", "[NAME|B wie Berta R wie Richard A wie Anton N wie "
     "Nordpol]"),
    ("Können Sie das buchstabieren?", "[NAME|l e n z]"),
    ("", "Stadtwerke, [NAME|Franziska Wiesenthal] am Apparat"),
    ("", "ich wohne in der [ADDRESS|Hauptstraße 12]"),
    ("", "ich wohne in der [ADDRESS|hauptstrasse zwölf in eins null eins eins fünf berlin]"),
    ("Ihre Anschrift?", "[ADDRESS|Am Alten Markt 147, 21058 Bonn]"),
    ("Ihre Anschrift?", "[ADDRESS|Karl-Marx-Straße 86a, 12043 Berlin]"),
    ("An welche Adresse?", "[ADDRESS|berliner allee einhundertsechs]"),
    ("", "meine Adresse ist [ADDRESS|Lindenweg 7, 3. Stock, 50667 Köln]"),
    ("", "meine Kontonummer ist [ACCOUNT|8261761968]"),
    ("Ihre Kundennummer?", "die ist [ACCOUNT|UM5319227]"),
    ("", "es geht um die Versicherungsnummer [ACCOUNT|sieben vier neun achthunderteinundzwanzig "
     "vier]"),
    ("Die Vertragsnummer?", "[ACCOUNT|u v drei sechs sechs siebenhundertvierundachtzig sieben]"),
    ("", "meine Patientennummer ist [MRN|g sieben neun vier zwei sieben zwei]"),
    ("Ihre Versichertennummer?", "[MRN|A123456780]"),
    ("Die Fallnummer?", "[MRN|884512]"),
    ("", "die IBAN ist [IBAN|DE89 3704 0044 0532 0130 00]"),
    ("Die IBAN?", "[IBAN|d e acht neun drei sieben null vier null null vier vier null fünf drei "
     "zwei "
     "null eins drei null null null]"),
    ("", "meine IBAN ist [IBAN|de neunundachtzig siebenunddreißig null vier null null "
     "vierundvierzig "
     "null fünf zweiunddreißig null eins dreißig null null]"),
    ("", "die IP-Adresse ist [IP|einhundertzweiundneunzig punkt einhundertachtundsechzig punkt "
     "eins punkt zwanzig]"),
    ("Welche IP steht da?", "da steht [IP|10.24.3.118]"),
    ("Ihr Kennwort?", "das ist [PASSWORD|Sonnenblume]"),
    ("", "mein Passwort ist [PASSWORD|leuchtturm zweiundvierzig]"),
    ("Das Kundenkennwort bitte", "[PASSWORD|Nordlicht77]"),
]  # fmt: skip

KEPT = [
    ("", "die Bestellnummer ist 48213377"),
    ("Die Sendungsnummer?", "sieben sieben zwei null eins neun vier vier"),
    ("", "Ihre Vorgangsnummer ist 90211345"),
    ("", "es geht um die Rechnung 8812034"),
    ("", "das macht zweiunddreißig Euro und fünfzig Cent"),
    ("", "ich warte seit vierzig Minuten"),
    ("", "das Passwort funktioniert seit gestern nicht"),
    ("Haben Sie Ihr Passwort vergessen?", "ja, ich komme nicht mehr rein"),
    ("Darf ich Ihren Namen haben?", "den möchte ich nicht sagen"),
    ("", "ich wohne auf dem Land und habe kaum Empfang"),
    ("", "die Straße ist seit Montag gesperrt"),
    ("", "eine Sekunde, ich schaue nach"),
    ("", "ich bin seit zehn Jahren Kunde"),
    ("", "ich bin sehr zufrieden mit dem Service"),
    ("", "der Termin ist am Dienstag um halb elf"),
    ("", "die Waschmaschine habe ich zweitausendneunzehn gekauft"),
    ("", "meine Frau ist krank"),
    ("", "wir waren in Sankt Martin im Urlaub"),
    ("", "der Zug fährt um sieben Uhr fünfundvierzig von Gleis zwölf"),
    ("", "das Spiel ging drei zu zwei aus"),
]


def _turns(question: str, answer: str) -> tuple[list[Turn], str, str, str]:
    """The turns, and the label, what is before and what is inside the brackets."""
    before, _, rest = answer.partition("[")
    inside, _, after = rest.partition("]")
    label, _, datum = inside.partition("|")
    turns = [Turn("agent", question)] if question else []
    return [*turns, Turn("caller", before + datum + after)], label, before, datum


@pytest.mark.parametrize(("question", "answer"), FOUND, ids=[row[1][:48] for row in FOUND])
def test_what_is_said_is_masked_under_its_label(question, answer):
    turns, label, before, datum = _turns(question, answer)
    spans = masking.find(turns, policy="balanced", region="DE", language="de-DE")
    own = [span for span in spans if span.turn == len(turns) - 1]
    covered = {at for span in own for at in range(span.start, span.end)}
    start = len(before)
    text = turns[-1].text
    left = [text[at] for at in range(start, start + len(datum)) if at not in covered]
    assert not [char for char in left if char.isalnum()], own
    assert label in {span.label for span in own}, own
    assert all(span.end > start and span.start < start + len(datum) for span in own), own


@pytest.mark.parametrize(("question", "answer"), KEPT, ids=[row[1][:48] for row in KEPT])
def test_what_is_nobodys_is_kept_for_analytics(question, answer):
    turns, *_ = _turns(question, answer)
    assert masking.find(turns, policy="balanced", region="DE", language="de") == []


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("einundzwanzig", "21"), ("vierundachtzig", "84"), ("zwoundzwanzig", "22"),
        ("funfundfunfzig", "55"), ("dreißig", "30"),
        ("dreissig", "30"), ("hunderteins", "101"), ("zweihundertzwolf", "212"),
        ("zweihundertzwoelf", "212"), ("neunhundertneunundneunzig", "999"),
        ("neunzehnhundertzweiundachtzig", "1982"), ("zweitausendeins", "2001"),
        ("zweitausendneunzehn", "2019"),
    ],
)  # fmt: skip
def test_compound_numbers_are_read_as_one_word(word, value):
    assert TEENS[word] == value


def test_every_long_compound_has_a_stem_that_the_prefilter_knows():
    long = {word for word, value in TEENS.items() if len(value) > 2} | HUNDREDS.keys()
    assert long
    for word in long:
        assert any(stem in word for stem in STEMS), word


def test_umlauts_are_heard_however_they_are_written():
    assert set(forms("straße für")) == {
        "straße fur", "strasse fur", "straße fuer", "strasse fuer",
    }  # fmt: skip
