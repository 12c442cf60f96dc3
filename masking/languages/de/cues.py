"""What announces a number in German, by label. "~" behind a label: weakly."""

from __future__ import annotations

from collections.abc import Mapping

from masking.languages.de.forms import cues

CUES: Mapping[str, tuple[str, ...]] = {
    "CVV": cues(
        "kartenprüfnummer, prüfnummer, prüfziffer, prüfziffern, kartenprüfziffer, kartenprüfcode,"
        "prüfcode, prüfzahl, kartenprüfzahl, sicherheitscode, sicherheitsnummer, sicherheitskode,"
        "sicherheitszahl, drei ziffern, 3 ziffern, dreistellige, dreistelligen, dreistelliger,"
        "drei zahlen, 3 zahlen, rückseite der karte, rückseite ihrer karte, rückseite meiner karte,"
        "auf der rückseite, auf der hinterseite, hinten drauf, hinten auf der karte,"
        "rückseite deiner karte, neben der unterschrift, unterschriftsfeld, unterschriftenfeld,"
        "ce vau vau, c v v, ce vau ce, kartencode, cvv code, cvc code"
    ),
    "PIN": cues(
        "geheimzahl, geheimnummer, pin nummer, persönliche nummer, pin, pin code, pincode,"
        "telefon pin, telefonpin, persönliche identifikationsnummer, pin lautet, tan,"
        "einmalcode, bestätigungscode, verifizierungscode, zugangscode, sprachcode, geheimcode,"
        "servicekennzahl, kundenkennzahl, vierstellige, vierstelligen"
    ),
    "CARD": cues(
        "kartennummer, kreditkartennummer, kreditkarte lautet, nummer der karte,"
        "nummer ihrer karte, nummer meiner karte, nummer der kreditkarte, nummer auf der karte,"
        "nummer der kreditkarte, nummer ihrer kreditkarte, nummer meiner kreditkarte,"
        "sechzehn ziffern, 16 ziffern, sechzehnstellige, 16 stellige, kartendaten,"
        "ziffern der karte, ziffern meiner karte, ziffern ihrer karte, vorderseite der karte,"
        "ziffern der kreditkarte, ziffern meiner kreditkarte, ziffern ihrer kreditkarte,"
        "debitkartennummer, visa nummer, mastercard nummer, karte lautet, nummer auf der vorderseite"
    ),
    "CARD~": cues(
        "kreditkarte, debitkarte, karte, visa, mastercard, master card, amex, american express,"
        "ec karte, girocard, visakarte"
    ),
    "SSN": cues(
        "steuer id, steuer i d, steueridentifikationsnummer, steuer identifikationsnummer,"
        "steuernummer, identifikationsnummer, sozialversicherungsnummer, rentenversicherungsnummer,"
        "sozialversicherung, versicherungsnummer der rentenversicherung, ahv nummer, ahv,"
        "sv nummer, sozialversicherungs nummer, rentenversicherung, personalausweisnummer,"
        "ausweisnummer, nummer des personalausweises, reisepassnummer, passnummer, steuer id nummer"
    ),
    "PHONE": cues(
        "telefonnummer, handynummer, mobilnummer, mobilfunknummer, rückrufnummer, festnetznummer,"
        "nummer für rückfragen, nummer für den rückruf, rufnummer, erreichen unter, erreiche sie unter,"
        "erreichen sie mich unter, erreichbar unter, erreichbar bin, unter der nummer, meine nummer,"
        "ihre nummer, rufen sie mich unter, rufen sie mich an unter, anrufen unter, durchwahl,"
        "zurückrufen unter, rückruf unter, nummer erreichen, faxnummer, whatsapp, privatnummer,"
        "diensthandy, unter welcher nummer, beste nummer, kontaktnummer, handy ist, mobil ist"
    ),
    "PHONE~": cues(
        "telefon, handy, mobil, festnetz, rückruf, zurückrufen, erreichen, erreichbar, anrufen, nummer,"
        "rufen"
    ),
    "EMAIL": cues(
        "e mail, email, e mail adresse, email adresse, mail adresse, mailadresse, emailadresse,"
        "e mails, mail, elektronische adresse"
    ),
    "DOB": cues(
        "geburtsdatum, geboren am, geburtstag, geboren, bin am, geburtsdaten, geburtsjahr,"
        "geburtsdatum lautet"
    ),
    "ACCOUNT": cues(
        "kontonummer, kundennummer, vertragsnummer, vertragskonto, policennummer,"
        "versicherungsscheinnummer, versicherungsnummer, mitgliedsnummer, depotnummer,"
        "bankleitzahl, blz, kundenkonto, kunden nummer, konto nummer, vertrags nummer,"
        "nummer meines kontos, nummer ihres kontos, zählernummer, führerscheinnummer, darlehensnummer,"
        "personalnummer, matrikelnummer, kundenkartennummer, bonusnummer, vielfliegernummer,"
        "kassenzeichen, mandatsreferenz, policen nummer, konto lautet, kunden id, mitglieds id,"
        "benutzernummer, teilnehmernummer, kreditnummer, führerschein, kundennummern, vertragsnummern,"
        "payback nummer, nummer der police, buchungskonto, nummer des vertrags, mitgliedskarte"
    ),
    "ACCOUNT~": cues("konto, vertrag, police, mitgliedschaft"),
    "MRN": cues(
        "patientennummer, patienten nummer, patienten id, fallnummer, krankenaktennummer,"
        "versichertennummer, krankenversichertennummer, krankenversicherungsnummer,"
        "krankenversicherung, krankenkassennummer, aktennummer, krankenakte, patientenakte,"
        "nummer der gesundheitskarte, gesundheitskarte, versicherten nummer, kvnr,"
        "versichertenkarte, patientenkennung, befundnummer, nummer der patientenakte"
    ),
    "IBAN": cues("iban, i ban, ibahn, internationale kontonummer, iban nummer"),
    "IP": cues("ip adresse, i p adresse, ip, i p, ipv4, ipv6, ipv 4, ipv 6"),
    "PASSWORD": cues(
        "passwort, kennwort, losungswort, codewort, passphrase, sicherheitswort, kundenkennwort,"
        "telefonpasswort, telefonkennwort, geheimwort, sicherheitsfrage, pass wort, servicekennwort,"
        "zugangspasswort, wlan schlüssel, netzwerkschlüssel, wlan passwort, schlüsselwort"
    ),
    "ADDRESS": cues(
        "adresse ist, meine adresse, ihre adresse, anschrift, wohnanschrift, lieferadresse,"
        "rechnungsadresse, postanschrift, postadresse, wohnadresse, wohne, wohnhaft, wohnt,"
        "wohnen sie, ich wohne, liefern an, schicken sie es an, schicken sie das an, neue adresse,"
        "adresse lautet, wo wohnen sie, lieferanschrift, vollständige adresse, alte adresse,"
        "heimatadresse, aktuelle adresse, meldeadresse, umgezogen, ziehe um, versandadresse,"
        "rechnungsanschrift, wohin, senden an, zustelladresse, wohnort, abholadresse, adresse bitte"
    ),
    "ADDRESS~": cues("adresse"),
    "ZIP": cues("meine postleitzahl, ihre postleitzahl, meine plz, ihre plz"),
    "EXPIRY": cues(
        "gültig bis, ablaufdatum, läuft ab, gültigkeitsdatum, verfallsdatum, gültigkeit, ablauf,"
        "gültig"
    ),
    "CODE": cues("code, kode, codes"),
    "OTHER": cues(
        "postleitzahl, plz, bestellnummer, bestellung, rechnung, rechnungsnummer, betrag, summe,"
        "termin, zimmer, zimmernummer, vorwahl, referenz, referenznummer, auftragsnummer, auftrag,"
        "sendungsnummer, sendungsverfolgung, paketnummer, paket, vorgangsnummer, ticketnummer, ticket,"
        "buchungsnummer, buchung, reservierungsnummer, reservierung, buchungscode, seriennummer,"
        "artikelnummer, modellnummer, gerätenummer, gutscheincode, gutschein, rabattcode, fehlercode,"
        "flugnummer, flug, sitzplatz, gleis, zug, bus, linie, hausnummer, endet auf, endend auf,"
        "endet mit, endziffern, kilometerstand, zählerstand, stand, seite, kapitel, paragraf,"
        "paragraph, gesamt, insgesamt, preis, kostet, kosten, lieferschein, lieferscheinnummer,"
        "belegnummer, beleg, transaktionsnummer, aktenzeichen, reklamation, reklamationsnummer,"
        "schadennummer, schadensnummer, retoure, retourennummer, chargennummer, charge, version,"
        "firmware, qr code, strichcode, barcode, ean, isbn, landesvorwahl, drücken sie, wählen sie,"
        "taste, quittungsnummer, temperatur, modell, trackingnummer, tracking nummer,"
        "bestell nummer, rechnungs nummer, auftrags nummer, steuernummer der firma, autobahn,"
        "umsatzsteuer id, handelsregisternummer, versandnummer, identcode, lagerplatz, menge,"
        "quadratmeter, einwohner, geburtstagsfeier, geburtstagsgeschenk, geburtstagskarte,"
        "quellcode, länderkennung, handyvertrag, handytarif, telefonrechnung, speisekarte,"
        "fahrkarte, eintrittskarte, eintrittskarten, speicherkarte, sim karte, pin board,"
        "angebotsnummer, angebot, mahnung, mahnungsnummer, saldo, kontostand, los, losnummer, kanal"
    ),
}  # fmt: skip
