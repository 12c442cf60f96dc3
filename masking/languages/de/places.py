"""How postal addresses are said in German."""

from __future__ import annotations

from masking.languages.de.forms import forms, phrases, words
from masking.languages.table import Places

PLACES = Places(
    kinds=words("straße str platz allee gasse damm ufer chaussee promenade"),
    weak_kinds=words("weg ring markt hof graben"),
    suffixes=tuple(
        form
        for end in ("straße", "str", "weg", "platz", "allee", "gasse", "gässchen", "ring", "damm",
                    "ufer", "chaussee", "steig", "promenade", "markt", "graben", "stieg", "pfad",
                    "hof", "winkel", "kamp")
        for form in forms(end)
    ),
    number_last=True,
    parts=words("wohnung wohnungsnummer appartement apartment stock stockwerk etage hinterhaus "
                "vorderhaus aufgang treppe tür stiege top whg haus"),
    openers=phrases("postfach"),
    regions=phrases(
        "berlin, hamburg, münchen, köln, frankfurt, frankfurt am main, stuttgart, düsseldorf,"
        "leipzig, dortmund, essen, bremen, dresden, hannover, nürnberg, duisburg, bochum,"
        "wuppertal, bielefeld, bonn, münster, mannheim, karlsruhe, augsburg, wiesbaden,"
        "mönchengladbach, gelsenkirchen, aachen, braunschweig, kiel, chemnitz, magdeburg,"
        "freiburg, freiburg im breisgau, krefeld, mainz, lübeck, erfurt, oberhausen, rostock,"
        "kassel, hagen, potsdam, saarbrücken, hamm, ludwigshafen, oldenburg, leverkusen,"
        "osnabrück, solingen, heidelberg, darmstadt, regensburg, ingolstadt, würzburg, ulm,"
        "heilbronn, göttingen, bremerhaven, trier, jena, erlangen, koblenz, halle, konstanz,"
        "passau, bamberg, bayreuth, wien, graz, linz, salzburg, innsbruck, klagenfurt, zürich,"
        "genf, basel, bern, luzern, winterthur, lausanne, sankt gallen, bayern, hessen, sachsen,"
        "thüringen, brandenburg, niedersachsen, nordrhein westfalen, baden württemberg,"
        "schleswig holstein, rheinland pfalz, saarland, sachsen anhalt, mecklenburg vorpommern"
    ),
    asked={
        **{form: True for word in ("stadt", "ort", "wohnort", "bundesland", "kanton")
           for form in forms(word)},
        **{form: False for word in ("postleitzahl", "plz", "hausnummer", "straße", "stockwerk",
                                    "wohnung")
           for form in forms(word)},
    },
    post_codes=phrases("postleitzahl, plz, die postleitzahl ist, postleitzahl ist, mit der"
                       " postleitzahl, die postleitzahl lautet, in"),
    inside_numbers=words("und bindestrich bis strich"),
    inside_names=words("der die das am an den dem zum zur von auf im alter alten unter"),
    number_words=words("nummer nr hausnummer"),
    within=words("in"),
    asking=words("die welche welcher welche ihre ihr und der den eine wie"),
    breaks=words("und aber ist das mein meine bitte oder"),
    doors=words("links rechts mitte"),
)  # fmt: skip
