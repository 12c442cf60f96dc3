"""The small words of spoken German: what they join, what they end."""

from __future__ import annotations

from masking.languages.de.figures import DIGITS
from masking.languages.de.forms import forms, phrases, words
from masking.languages.table import Dates, Mail, Passwords, Spelling

FILLERS = words(
    "äh ähm öh öhm hm hmm mhm eh ah oh also ja und dann danach bindestrich strich leerzeichen "
    "schrägstrich punkt komma nein nee ok okay moment entschuldigung sorry pardon korrektur "
    "halt stopp warten warte sekunde nochmal ich meine quatsch falsch doch so na gut nun jetzt "
    "weiter noch mal block gruppe bitte verzeihung"
)

REPAIRS = words(
    "nein sorry halt warte moment entschuldigung quatsch korrektur falsch doch nicht vertan meine"
)

BRIDGES = FILLERS | words("wissen sie einen augenblick dahinter gefolgt von")

NEUTRAL = FILLERS | words(
    "gut danke dankeschön weiter bitte richtig genau verstanden alles klar die der das nummer "
    "nummern ziffern ziffer zahlen zahl prima super perfekt in ordnung habe hab ich notiert sehr "
    "gerne gern natürlich los gehts geht's machen machen sie nur zu ist sind lautet lauten wie es "
    "letzten ersten nächsten rest letzte erste nächste jawohl jo klasse aha mhmm ist's da wäre"
)

PARTS = words("ersten ersten letzten nächsten vorderen hinteren mittleren restlichen anderen")

UNITS = words(
    "euro euros cent dollar franken pfund tag tage tagen woche wochen monat monate monaten jahr "
    "jahre jahren stunde stunden minute minuten sekunde sekunden mal prozent uhr milligramm gramm "
    "mg kilo kilogramm kg meter metern km kilometer kilometern liter grad personen leute gäste "
    "kinder erwachsene nächte stück packungen tabletten quadratmeter zimmern artikel mitarbeiter "
    "mitarbeitern millionen milliarden megabyte gigabyte gb mb watt kilowattstunden kwh punkte "
    "punkten seiten kollegen kunden tropfen mbit zoll plätze tickets karten eur chf"
)

STOPS = (
    words(
        "ab aber ach alle alles als also am an auch auf aus bei beim bin bis bist bitte da dabei "
        "dafür "
        "daher damit danach danke dann daran darauf darf das dass dein deine dem den denn der des "
        "deshalb dich die dies diese dieser dieses dir doch dort du durch ein eine einem einen "
        "einer "
        "eines er erst es etwas euch euer falls für ganz gar gegen gehen geht gerade gern gerne "
        "gibt "
        "gut guten guter gute hab habe haben hat hatte heute hier hin ich ihm ihn ihnen ihr ihre "
        "ihrem "
        "ihren ihrer im immer in ins irgendwie ist ja jeder jede jetzt kann kannst kein keine "
        "keinen "
        "können könnte könnten leider los machen mal man mehr mein meine meinem meinen meiner "
        "meines "
        "mich mir mit möchte morgen morgens muss müssen nach nachdem nee nein nicht nichts noch "
        "nochmal "
        "nun nur ob oder ohne per pro rund schon sehr seid sein seine seinem seinen seiner seit "
        "sich "
        "sie sind so sofort soll sollte sollen sondern sonst soweit sprechen spricht spreche sowie "
        "stimmt richtig genau tag abend um und uns unser unsere unserem unserer unter vom von vor "
        "wann "
        "war waren warum was weil weiß welche welcher welches wenn wer werde werden wem wen wie "
        "wieder "
        "will wir wird wo wohl wollen wollte worden wurde wurden würde würden zu zum zur zwar über "
        "übrigens hallo grüß gott moin servus tschüss okay ok äh ähm hm mhm name namen vorname "
        "nachname "
        "nummer adresse konto karte anschrift straße hausnummer postleitzahl geburtsdatum telefon "
        "handy mail heiße heißt heißen buchstabiere buchstabiert buchstabieren wohne wohnt wohnen "
        "kunde kundin herr frau herrn apparat lautet angerufen anrufen rufe ruf rufen zuständig "
        "neu "
        "neue neuen neuer kunden bestellung termin rechnung vertrag frage problem verbunden krank "
        "zurück gleich später gestern heute allein alleine selbst natürlich sicher klar perfekt "
        "prima "
        "super freut vielen dank entschuldigung moment augenblick sekunde passwort kennwort code "
        "pin "
        "groß klein geschrieben zusammen bereits bestätigen sagen sagt sagte nennen geben brauche "
        "brauchen benötige nutzen habt wäre wären möchten schicken senden sende schickt kommt "
        "kommen "
        "komme steht stehen stand dazu darüber davon damals dieselbe alt älter jahre monate wochen "
        "tage stunden minuten uhr euro interessiert zufrieden unzufrieden sauer froh überrascht "
        "unsicher verärgert umgezogen unterwegs verheiratet geschieden versichert ihrerseits "
        "fertig "
        "online offline jemand niemand anrufer anruferin karteninhaber kontoinhaber inhaber "
        "patient "
        "patientin lassen lass laut wegen während trotz zwischen hinter neben dessen deren kam "
        "kamen "
        "kommst ging gingen rief meinte wollte konnte musste sollte durfte setzen setze schaue "
        "schauen "
        "bleibt bleiben liegt liegen macht gehört gesagt bekommen gekauft verkauft bestellt "
        "geschickt "
        "empfohlen hätte hätten weshalb wegen leider hoffe denke glaube finde warte wartet nenne"
    )
    - DIGITS.keys()
)

COPULAS = words(
    "ist lautet das die der es wäre sind war heißt wird äh ähm so also ja mein meine meiner ihr "
    "ihre nämlich folgende wie folgt bitte dann sein hm gut okay sicher und einmal im den"
)

LEADS = words(
    "ist lautet sind wäre das es äh ähm hm also ja gut okay ok gerne gern natürlich klar sicher "
    "und dann so sagt steht richtig genau nein moment entschuldigung danke bitte fängt an beginnt "
    "mit nummer hier hallo folgt fertig jetzt einmal nochmal nummern ziffern doch oh ach na nun "
    "meine mein prima perfekt heißt die der mal bereit los ihnen"
)

LINKS = words("ist war lautet lauten sind habe steht hier wäre da")

LINKED = words(
    "das es die der nummer meine mein eine code pin konto kontonummer karte kartennummer ziffern "
    "rest zahl zahlen name datum geburtstag geburtsdatum adresse passwort id die welche ich hier "
    "da dort kundennummer telefonnummer handynummer folgende"
)

DENIALS = words(
    "nicht falsch abgelaufen funktioniert ungültig noch zurückgesetzt gesperrt vergessen nie für "
    "kein keine und oder manager schutz richtlinie zurücksetzen ändern geändert feld seite hat "
    "habe "
    "haben hatte war wurde wird geht ging gehen funktionierte will wenn auf in am bei mit aber "
    "weil "
    "kann könnte muss sollte zu lang kurz sicher unsicher schwach stark leer abgelehnt akzeptiert "
    "jetzt vorher nachher zweimal nur bitte so sehr ziemlich immer ist's erneut wieder vergeben "
    "setzen setze komme komm kommt rein verlangt braucht benötigt richtig korrekt gut geschickt "
    "temporär per hier ändert läuft ab "
    "verloren stimmt eingegeben eingeben neu neues neu hinterlegt angeben sein"
)

_DAYS = (
    "erst zweit dritt viert fünft sechst siebt siebent acht neunt zehnt elft zwölft dreizehnt "
    "vierzehnt fünfzehnt sechzehnt siebzehnt achtzehnt neunzehnt zwanzigst einundzwanzigst "
    "zweiundzwanzigst dreiundzwanzigst vierundzwanzigst fünfundzwanzigst sechsundzwanzigst "
    "siebenundzwanzigst achtundzwanzigst neunundzwanzigst dreißigst einunddreißigst"
).split()

DATES = Dates(
    months=words(
        "januar jänner februar feber märz april mai juni juno juli julei august september oktober "
        "november dezember jan feb apr jun jul aug sep sept okt nov dez"
    ),
    ordinals=words(" ".join(f"{day}{end}" for day in _DAYS for end in ("e", "er", "en", "em"))),
    joints=words("des im jahr jahre jahres der den"),
    openers=words("den der dem am"),
    before_years=words("seit in jahr jahre anno"),
    times=phrases("uhr, morgens, abends, nachmittags, vormittags, mittags, nachts, am morgen,"
                  "am abend, am nachmittag, am vormittag, in der früh"),
)  # fmt: skip

_ALPHABET = (
    "anton ärger berta cäsar charlotte dora emil friedrich gustav heinrich ida julius kaufmann "
    "konrad ludwig martha marta nordpol otto ökonom paula quelle richard samuel siegfried "
    "theodor ulrich übermut viktor wilhelm xanthippe xaver ypsilon zacharias zeppelin "
    "aachen chemnitz cottbus goslar ingelheim jena nürnberg offenbach potsdam quickborn rostock "
    "salzwedel tübingen unna völklingen wuppertal xanten zwickau"
).split()

SPELLING = Spelling(
    letters={
        **{form: form[0] for word in _ALPHABET for form in forms(word)},
        "be": "b", "bee": "b", "ce": "c", "ef": "f", "eff": "f", "ge": "g", "ha": "h",
        "jot": "j", "ka": "k", "ell": "l", "emm": "m", "enn": "n", "pe": "p", "ku": "q", "kuh": "q",
        "ess": "s", "te": "t", "tee": "t", "vau": "v", "fau": "v", "weh": "w", "ix": "x",
        "zet": "z", "zett": "z", "eszett": "s", "deh": "d", "dee": "d",
    },
    joints=words("bindestrich strich groß großes großer klein kleines kleiner buchstabe buchstaben "
                 "schrägstrich unterstrich punkt leerzeichen ziffer zahl dann doppel und"),
    as_in=phrases("wie, wie in, für, w"),
)  # fmt: skip

MAIL = Mail(
    at=words("at ät ätt klammeraffe klammeraffen affenschwanz"),
    dots=words("punkt dot"),
    joints=words("punkt dot unterstrich bindestrich minus strich plus underscore dash"),
    asides=words("alles klein kleingeschrieben geschrieben zusammen zusammengeschrieben ein wort "
                 "groß buchstaben buchstabe die zahl zahlen ziffern ziffer äh ähm so also dann und "
                 "mit wie ohne leerzeichen in kleinbuchstaben hinten"),
    stops=words(
        "ist die das meine mein an adresse email mail e unter lautet sie mir mich bitte ihre ihr "
        "der den auf für per von und ja gerne gern okay ok sicher also schicken schreiben senden "
        "erreichen hallo natürlich einfach am besten wäre wird heißt es zu uns seine deren haben "
        "habe äh ähm nein stimmt genau moment"
    ),
    providers=words(
        "gmail googlemail yahoo hotmail outlook icloud aol proton protonmail live msn gmx web "
        "freenet posteo mailbox arcor online vodafone t-online bluewin me mac mail"
    ),
    back=words("nein sorry halt warte moment entschuldigung quatsch korrektur falsch doch nicht"),
)  # fmt: skip

PASSWORDS = Passwords(
    signs=words("ausrufezeichen dollar dollarzeichen zeichen raute rautezeichen stern sternchen "
                "unterstrich prozent prozentzeichen fragezeichen groß großes großer sonderzeichen"),
    at_signs=words("zeichen"),
    owners=words("mein das unser als"),
    owned=words("ist war als"),
    refusals=words("nicht lieber warum vergessen nie kein keine"),
    where=words("für auf zu von dazu"),
    links=words("ist lautet war"),
    asks=words("was wie können könnten bitte nennen sagen bestätigen geben brauche lautet "
               "welches verraten"),
    its=words("ist lautet"),
    inside=words("alles ein eine zahl nummer und"),
)  # fmt: skip

MOMENTS = words("moment sekunde minute augenblick")

FIGURES = words("ziffern ziffer zahlen stellen zeichen buchstaben")

PREPOSITIONS = words(
    "um am in bei seit von ab über etwa ungefähr circa rund bis zu nach vor der die das ein eine "
    "nur mehr als unter zwischen alle jede fast unter für gegen mit pro"
)
