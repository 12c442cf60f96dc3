"""German frames: "A:" the agent, "C:" the caller, " / " between turns."""

from __future__ import annotations

POSITIVE = tuple("""
A: Wie lautet Ihre Kreditkartennummer? / C: Das ist die {CARD}. / A: Danke. Und die Prüfnummer? / C: {CVV}.
A: Ich brauche die sechzehn Ziffern auf der Vorderseite. / C: Moment, {CARD}.
C: Ich möchte mit Karte zahlen, die Nummer ist {CARD}.
C: Meine Kartennummer lautet {CARD} und die Prüfziffer ist {CVV}.
A: Nennen Sie mir bitte die Karte, mit der Sie zahlen möchten. / C: {CARD} / A: Prima, ist notiert.
C: Also die Kreditkarte ist die {CARD}.
A: Und die Kartennummer bitte? / C: Ja, {CARD}
A: Und die drei Ziffern auf der Rückseite? / C: Das sind {CVV}.
A: Welcher Sicherheitscode steht auf der Rückseite? / C: Da steht {CVV}.
A: Die Kartenprüfnummer bitte. / C: {CVV}
C: Der Sicherheitscode ist {CVV}.
A: Geben Sie mir bitte Ihre Telefon-PIN. / C: {PIN}
A: Wie ist Ihre PIN? / C: Die ist {PIN}.
C: Meine Geheimzahl ist {PIN}, aber sie geht nicht.
A: Bitte nennen Sie mir Ihre vierstellige Geheimnummer. / C: Ja, {PIN}.
A: Wie lautet Ihre Steuer-ID? / C: Moment, {SSN}.
C: Meine Steueridentifikationsnummer ist {SSN}.
A: Ihre Sozialversicherungsnummer bitte? / C: {SSN}
A: Haben Sie die Rentenversicherungsnummer zur Hand? / C: Ja, {SSN}.
C: Die Steuernummer lautet {SSN}.
A: Unter welcher Nummer können wir Sie erreichen? / C: Unter {PHONE}.
A: Geben Sie mir bitte eine Rückrufnummer. / C: Ja gerne, {PHONE}.
C: Rufen Sie mich bitte unter {PHONE} zurück.
C: Meine Handynummer ist {PHONE}.
A: Und Ihre Telefonnummer? / C: {PHONE} / A: Also {PHONE}? / C: Genau.
C: Sie erreichen mich abends unter {PHONE}.
C: Falls die Leitung abbricht, meine Nummer ist {PHONE}.
A: Wie ist Ihre E-Mail-Adresse? / C: Das ist {EMAIL}.
C: Schicken Sie es bitte an {EMAIL}.
A: Haben Sie eine Mailadresse? / C: Ja, {EMAIL}
C: Meine E-Mail lautet {EMAIL}, alles klein geschrieben.
A: An welche Mailadresse darf ich das senden? / C: An {EMAIL} bitte.
A: Ihr Geburtsdatum bitte? / C: {DOB}.
C: Ich bin am {DOB} geboren.
A: Wann sind Sie geboren? / C: Am {DOB}
A: Zur Sicherheit noch Ihr Geburtsdatum. / C: Ja, das ist der {DOB}.
C: Mein Sohn ist geboren am {DOB}, er braucht einen Termin.
A: Mit wem spreche ich? / C: Mit {NAME}.
A: Wie ist Ihr Vor- und Nachname? / C: {NAME}.
C: Guten Tag, mein Name ist {NAME}, es geht um meine Rechnung.
C: Hallo, hier spricht {NAME}.
C: Ich heiße {NAME}.
C: Guten Morgen, ich bin {NAME} und habe eine Frage.
A: Auf welchen Namen läuft der Vertrag? / C: Auf den Namen {NAME}.
A: Gut, Frau {LAST}, einen Moment bitte.
A: Vielen Dank, Herr {LAST}. Kann ich sonst noch etwas tun? / C: Nein danke.
A: Können Sie den Nachnamen bitte buchstabieren? / C: Ja, {SPELLED}.
A: Willkommen bei der Stadtwerke Hotline, {NAME} am Apparat. / C: Hallo, mein Strom ist weg.
C: Ich hätte gern einen Termin bei Frau Doktor {LAST}.
A: Wie ist Ihre Adresse? / C: Ich wohne in der {ADDRESS}.
C: Ich bin umgezogen, die neue Adresse ist {ADDRESS}.
A: An welche Anschrift sollen wir liefern? / C: {ADDRESS}.
C: Meine Anschrift lautet {ADDRESS}.
A: Bestätigen Sie bitte die Rechnungsadresse. / C: {ADDRESS}.
A: Wie lautet Ihre Kundennummer? / C: Die ist {ACCOUNT}.
C: Meine Kontonummer ist {ACCOUNT}.
A: Die Vertragsnummer bitte? / C: {ACCOUNT}.
C: Es geht um die Versicherungsnummer {ACCOUNT}.
A: Haben Sie Ihre Kundennummer da? / C: Ja, {ACCOUNT}
A: Wie ist Ihre Versichertennummer? / C: Das ist {MRN}.
C: Meine Patientennummer ist {MRN}.
A: Nennen Sie mir bitte die Nummer der Gesundheitskarte. / C: {MRN}.
A: Wie lautet die IBAN? / C: {IBAN}.
C: Meine IBAN ist {IBAN}.
A: Von welchem Konto sollen wir abbuchen, haben Sie die IBAN? / C: Ja, {IBAN}.
C: Die IP-Adresse vom Router ist {IP}.
A: Welche IP-Adresse wird angezeigt? / C: Da steht {IP}.
A: Wie lautet Ihr Kennwort? / C: Das ist {PASSWORD}.
C: Mein Passwort ist {PASSWORD}.
A: Bitte nennen Sie mir das Kundenkennwort. / C: {PASSWORD}.
A: Ihr Name bitte? / C: {NAME}. / A: Und das Geburtsdatum? / C: {DOB}. / A: Eine Telefonnummer noch? / C: {PHONE}.
A: Wie heißen Sie? / C: {NAME} / A: Und Ihre Kundennummer? / C: {ACCOUNT} / A: Ihre E-Mail? / C: {EMAIL}
C: Mein Name ist {NAME}, meine Telefonnummer ist {PHONE} und die E-Mail ist {EMAIL}.
""".strip().splitlines())

NEGATIVE = tuple("""
C: Wo bleibt meine Bestellung? Die Bestellnummer ist {LONG}.
A: Haben Sie die Sendungsnummer? / C: Ja, {LONG}.
C: Es geht um die Rechnungsnummer {LONG}, da stimmt etwas nicht.
A: Ihre Vorgangsnummer ist {LONG}. / C: Danke, ist notiert.
C: Die Buchungsnummer lautet {LONG}.
A: Die Ticketnummer ist {LONG}, bitte aufheben.
A: Die Auftragsnummer wäre {LONG}. / C: Gut.
C: Die Seriennummer vom Gerät ist {LONG}.
A: Was kann ich für Sie tun? / C: Ich wollte nach den Öffnungszeiten fragen.
C: Ich warte jetzt seit {COUNT} Minuten.
A: Das macht {COUNT} Euro und {COUNT} Cent. / C: In Ordnung.
C: Ich habe {COUNT} Stück bestellt und nur {COUNT} bekommen.
C: Das Passwort funktioniert seit gestern nicht. / A: Dann setzen wir es zurück.
A: Haben Sie Ihr Passwort vergessen? / C: Ja, ich komme nicht mehr rein.
C: Kann ich die PIN am Automaten ändern? / A: Ja, an jedem.
A: Die Karte kommt in {COUNT} Tagen. / C: Vielen Dank.
C: Meine Karte ist abgelaufen, ich brauche eine neue.
A: Darf ich Ihren Namen haben? / C: Den möchte ich nicht sagen.
C: Die E-Mail ist noch nicht angekommen. / A: Schauen Sie bitte im Spam-Ordner nach.
C: Wie ist die Postleitzahl der Filiale? / A: Da muss ich nachsehen.
C: Ich habe keine Bestätigung per E-Mail bekommen.
A: Der Termin ist am Dienstag um halb elf. / C: Passt.
C: Ich möchte den Termin am dritten Mai verschieben.
A: Der Zug fährt um sieben Uhr fünfundvierzig von Gleis zwölf.
C: Die Waschmaschine habe ich zweitausendneunzehn gekauft.
C: Ich bin seit {COUNT} Jahren Kunde bei Ihnen.
C: Ich bin sehr zufrieden mit dem Service, danke.
A: Guten Tag, schön, dass Sie anrufen. Wie kann ich helfen? / C: Die Heizung ist kalt.
C: Ich wohne auf dem Land und habe kaum Empfang. / A: Verstehe, wir schauen nach.
C: Meine Frau ist krank und kann nicht kommen.
A: Eine Sekunde, ich schaue nach. / C: Kein Problem.
C: Mein Sohn wird morgen vier Jahre alt.
A: Nehmen Sie alle acht Stunden eine Tablette, sieben Tage lang.
C: Das Fieber war bei neununddreißig Grad.
C: Der Rechner startet zwei- bis dreimal am Tag neu.
A: Einen Augenblick bitte. / C: Ja, ich bin noch dran.
C: Die Straße ist seit Montag gesperrt.
A: Drücken Sie die Eins für den Verkauf und die Zwei für die Technik.
C: Das Spiel ging drei zu zwei aus.
C: Wir waren in Sankt Martin im Urlaub.
A: Was zeigt der Zähler an? / C: Der Zählerstand ist {SHORT}.
C: Das ist das Modell {SHORT}.
A: Ihr Saldo beträgt {SHORT} Euro.
A: Sie haben Zimmer {SHORT}. / C: Perfekt.
C: Die App zeigt den Fehlercode {SHORT}.
A: Sonst noch etwas? / C: Nein, das war alles, vielen Dank und schönen Tag.
C: Ich möchte die Autoversicherung kündigen. / A: Aus welchem Grund? / C: Ich habe es verkauft.
C: Bis wann haben Sie am Sonntag geöffnet? / A: Bis neun Uhr abends.
C: Mir ist gestern aufgefallen, dass ein Teil fehlt.
C: Eine Freundin hat mir Ihre Firma empfohlen. / A: Das freut mich.
C: Der Techniker war am Mittwoch da und hat nichts repariert.
A: Wir haben Ihnen einen Link zum Zurücksetzen geschickt.
C: Was kostet der Tarif mit {COUNT} Gigabyte?
A: Sie können mit Karte oder per Überweisung zahlen. / C: Lieber per Überweisung.
C: Bei der Sozialversicherung hat man mir gesagt, ich soll hier anrufen.
C: Frau kam heute keine ans Telefon, nur ein Band. / A: Das tut mir leid.
""".strip().splitlines())
