"""How names are said in German."""

from __future__ import annotations

from masking.languages.de.forms import phrases, words
from masking.languages.de.speech import NEUTRAL, STOPS, UNITS
from masking.languages.table import People

PEOPLE = People(
    strong=phrases(
        "mein name ist, mein name lautet, ich heiße, name ist, name lautet, namen lautet,"
        "nachname ist, vorname ist, nachname lautet, vorname lautet, familienname ist,"
        "geburtsname ist, mädchenname ist, mädchenname war, hier spricht, auf den namen,"
        "unter dem namen, auf dem namen, geborene, namens, mein voller name ist, er heißt,"
        "sie heißt, tochter heißt, sohn heißt, frau heißt, mann heißt, mutter heißt,"
        "kontoinhaber ist, karteninhaber ist, inhaber ist, patient ist, patientin ist,"
        "patient heißt, patientin heißt, notfallkontakt ist, ansprechpartner ist, mein nachname,"
        "mein vorname, nachname, vorname, name war, inhaberin ist, ansprechpartnerin ist,"
        "mit vornamen, mit nachnamen, läuft auf, lautet auf, sie sprechen mit, versicherte ist"
    ),
    medium=phrases(
        "hier ist, ich bin, bin der, bin die, spreche ich mit, sprechen mit, gesprochen mit,"
        "verbinden mit, zu händen, zuhanden, im auftrag von, im namen von, für, meine frau,"
        "mein mann, mein sohn, meine tochter, meine mutter, mein vater, mein bruder,"
        "meine schwester, mein name, name, das ist, termin bei, danke, vielen dank, guten tag,"
        "guten morgen, guten abend, hallo, hier"
    ),
    weak=phrases(
        "ich bin, hier ist, hier, das ist, das war, hallo, guten tag, guten morgen, guten abend,"
        "grüß gott, danke, dankeschön, okay, gut, ja, mit, von, für, an, und, zu, bei, name,"
        "bin, mein mann, meine frau, mein sohn, meine tochter, meine mutter, mein vater,"
        "meine schwester, mein bruder, mein kollege, meine kollegin, mein chef, meine chefin,"
        "mein partner, meine partnerin, mein nachbar, meine nachbarin, mein enkel, meine enkelin,"
        "ihr mann, ihre frau, der, die, dass, sind sie, spreche ich mit, auch, also, liebe, lieber"
    ),
    others=phrases(
        "hugo boss, jil sander, karl lagerfeld, dr oetker, doktor oetker, robert bosch,"
        "max planck, adam opel, max mustermann, erika mustermann, commerzbank, karl marx,"
        "albert einstein, rosenthal, peter pan, sankt martin, christoph kolumbus,"
        "ernst and young, calvin klein, harry potter, aldi, lidl, otto katalog, otto versand,"
        "willy brandt, konrad adenauer, tommy hilfiger, mercedes, mercedes benz, frau holle"
    ),
    places=words("sankt st bad klein groß neu alt"),
    titles=words("herr herrn frau fräulein dr doktor professor prof"),
    sure_titles=words("herr herrn frau dr prof"),
    answering=words("am"),
    after=phrases(
        "am apparat, am telefon, spricht, ist mein name, mein name, ist der name, war mein name,"
        "hier, lautet mein name, am anderen ende, von der, vom kundenservice, aus der"
    ),
    questions=phrases(
        "ihr name, ihren namen, ihrem namen, wie heißen sie, wie heißt, wie ist ihr name,"
        "vor und nachname, vor und nachnamen, vor und zuname, vor und zunamen, ihr nachname,"
        "ihren nachnamen, ihr vorname, ihren vornamen, mit wem spreche, mit wem, wer spricht,"
        "wer ist am apparat, wer ist dran, vollständiger name, vollständigen namen,"
        "name des karteninhabers, name auf der karte, namen auf der karte, buchstabieren,"
        "geburtsname, mädchenname, mädchennamen, vorname, nachname, vornamen, nachnamen,"
        "name bitte, namen bitte, name des patienten, namen des patienten, name der patientin,"
        "name des kontoinhabers, namen des kontoinhabers, welchen namen, welchem namen,"
        "auf welchen namen, unter welchem namen, der name, den namen, wer sind sie,"
        "notfallkontakt, ansprechpartner, wie war der name, wie war ihr name, mit wem habe ich"
    ),
    particles=words("von van zu zur vom der den de da di el al ten ter"),
    answers=words(
        "ja gerne gern natürlich klar sicher also äh ähm hm das ist ich heiße bin mein name lautet "
        "der die und gut okay ok hallo guten tag hier spricht moment bitte es sie er nachname "
        "vorname mit ist war meine frau herr kein problem na so dann doch oh ach selbstverständlich"
    ),
    capital_nouns=True,
    no_names=STOPS | NEUTRAL | UNITS | words(
        "august mai juni juli april mark kind karte post tag licht bank see sie wein stein rose "
        "blume frau kam wo an in man war so per art rat rad land gar lang stark see tor fall ort "
        "welt dar mehr hab alt see berg tal zimmer park garten markt schrank bar kaffee tee"
    ),
    first_names=words(
        "jürgen günther günter hans klaus claus wolfgang dieter uwe jörg heinz horst manfred bernd "
        "ralf matthias mathias stefan stephan torsten thorsten andreas jens sven kai lars holger "
        "volker rainer reiner gerd gerhard helmut hartmut detlef lothar siegfried friedhelm ulrich "
        "ulrike sabine petra monika renate ursula helga brigitte ingrid karin heike anke anja katja "
        "silke birgit gabriele susanne kerstin beate elke gisela hannelore christa ilse gudrun "
        "antje ute doris claudia nadine tanja sandra stefanie katrin kathrin svenja annika lena "
        "leonie hannah hanna emilia mia johanna franziska frieda greta mathilda finn leon lukas "
        "jonas elias noah ben felix maximilian moritz niklas tobias florian sebastian philipp "
        "fabian dominik marcel timo tim jan nils ole hauke anna marie sophie laura julia sarah lisa "
        "katharina christine christina angelika marion jutta bärbel heidi cornelia martina andrea "
        "nicole melanie daniela michaela maren wiebke swantje imke friederike henrike dorothea "
        "thomas michael peter werner walter karl josef joachim bernhard hermann wilhelm herbert "
        "kurt erich erwin rudolf ernst paul otto franz georg alfred markus christian martin frank "
        "dirk olaf axel marco mario oliver daniel alexander christoph johannes jakob anton emil "
        "oskar theo konrad korbinian xaver alois sepp rüdiger eckhard ekkehard wolfram ingo björn "
        "sönke malte lennart jannik yannick marlene charlotte luise clara klara ida ella paula mila "
        "nele merle pia ronja jule isabel isabell antonia theresa magdalena veronika regina regine "
        "roswitha hildegard waltraud irmgard edeltraud gertrud elfriede margarete margot margret "
        "lieselotte erika marianne rosemarie eva inge ingeborg hedwig mehmet mustafa ahmet ayse "
        "fatma emine hüseyin murat elif zeynep gülay aylin dilara ludwig urs beat reto ueli "
    ),
    surnames=words(
        "müller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schäfer koch "
        "bauer richter wolf schröder neumann schwarz zimmermann braun krüger hofmann hartmann lange "
        "schmitt werner schmitz krause meier lehmann schmid schulze maier köhler herrmann könig "
        "walter mayer huber kaiser fuchs peters scholz möller weiß hahn schubert vogel friedrich "
        "keller günther berger winkler roth beck lorenz baumann franke albrecht schuster simon "
        "ludwig böhm winter kraus schumacher krämer vogt jäger otto sommer groß seidel heinrich "
        "brandt haas schreiber graf schulte dietrich ziegler kuhn kühn pohl engel horn busch "
        "bergmann voigt sauer arnold wolff pfeiffer pfeifer ernst lindner hübner kern kramer franz "
        "peter jansen janßen ott kessler keßler schenk hauser götz barth ritter seifert stark ebert "
        "nowak kowalski yilmaz demir kaya öztürk özdemir aydin heinemann hinrichs petersen hansen "
        "paulsen thiel bachmann sander grimm steiner gruber egger hofer moser brunner wimmer "
        "ziller kaltenbach vollmer hesse reuter lutz dietz ulrich köhn rupp eder wieland "
        "oberhofer steinbach brinkmann feldmann heitmann wegener riedel nagel ahrens behrens"
    ),
)  # fmt: skip
