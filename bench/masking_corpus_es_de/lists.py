"""Names, streets and words that the values are made of; common ones, and some that are rare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Lists:
    """One language's material."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    plain_last: tuple[str, ...]
    mail_first: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    months: tuple[str, ...]
    providers: tuple[str, ...]
    at: tuple[str, ...]
    signs: Mapping[str, str]
    passwords: tuple[str, ...]
    fillers: tuple[str, ...]
    ordinals: tuple[str, ...] = ()
    alphabet: tuple[tuple[str, str], ...] = ()


def _split(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(","))


_DAYS = (
    "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt "
    "fünfzehnt sechzehnt siebzehnt achtzehnt neunzehnt zwanzigst einundzwanzigst zweiundzwanzigst "
    "dreiundzwanzigst vierundzwanzigst fünfundzwanzigst sechsundzwanzigst siebenundzwanzigst "
    "achtundzwanzigst"
).split()

LISTS: Mapping[str, Lists] = {
    "es": Lists(
        first=_split(
            "María, Lucía, Carmen, José, Antonio, Javier, Begoña, Íñigo, Manuel, Alejandra, Rocío,"
            "Guadalupe, Ximena, Andrés, Rafael, Óscar, Nuria, Jordi, Teresa, Fernando, Ainhoa, Elvira,"
            "Ezequiel, Patricia, Raúl, Miguel Ángel, Ana Belén, Juan Carlos, María José, Damián"
        ),
        last=_split(
            "García, Fernández, López, Muñoz, Ibáñez, Etxeberria, Quintanilla, Jiménez, Ruiz, Romero,"
            "Domínguez, Vázquez, Serrano, Barrientos, Cifuentes, Gallardo, Ordóñez, Solís, Rentería,"
            "Valdivieso, Zamorano, Echegaray, Montalvo, Bustamante, Caballero, Herrero, Castaño"
        ),
        plain_last=_split("solano, quiroga, barrientos, montalvo, renteria, cifuentes, galindo, serra"),
        mail_first=_split("maria, javier, lucia, andres, carmen, pablo, nuria, elvira, damian, rosa"),
        streets=_split(
            "calle de Alcalá, calle Mayor, avenida de la Constitución, calle San Fernando,"
            "plaza de España, paseo de la Castellana, calle Olmo, avenida Insurgentes Sur,"
            "calle del Pez, ronda de Toledo, camino de los Almendros, calle Doctor Fleming,"
            "travesía del Molino, calle Azahar, avenida Juárez, carretera de Cádiz"
        ),
        towns=_split("Madrid, Sevilla, Valencia, Zaragoza, Getafe, Bilbao, Monterrey, Puebla, Murcia"),
        months=_split(
            "enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre,"
            "diciembre"
        ),
        providers=_split("gmail.com, hotmail.com, yahoo.es, outlook.es, correolimon.es, telefonica.net"),
        at=_split("arroba"),
        signs={".": "punto", "_": "guion bajo", "-": "guion"},
        passwords=_split("girasol, tormenta, elefante, caracola, montaña, farolillo, trébol, relámpago"),
        fillers=_split("eh, este, a ver, pues"),
    ),
    "de": Lists(
        first=_split(
            "Jürgen, Sabine, Wolfgang, Anneliese, Torsten, Katrin, Björn, Ulrike, Hans, Petra, Stefan,"
            "Heike, Günther, Leonie, Maximilian, Franziska, Mehmet, Aylin, Detlef, Gudrun, Philipp,"
            "Karl-Heinz, Anna-Lena, Matthias, Friedhelm, Svenja, Rüdiger, Magdalena, Roswitha, Tobias"
        ),
        last=_split(
            "Müller, Schmidt, Schneider, Weber, Großmann, Schäfer, Krüger, Hartmann, Lehmann, Kaltwasser,"
            "Yılmaz, Öztürk, Obermeier, Holzinger, Wiesenthal, Brüggemann, Niedermayer, Fuchs, Vogel,"
            "Zimmermann, Thalhammer, Kowalczyk, Hinterhuber, von Stetten, Bergengrün, Petersen, Jansen"
        ),
        plain_last=_split("brandt, kessler, thalmann, reimers, stolze, lenz, ebert, hansen"),
        mail_first=_split("juergen, sabine, torsten, katrin, stefan, petra, svenja, tobias, leonie, anna"),
        streets=_split(
            "Hauptstraße, Bahnhofstraße, Lindenweg, Berliner Allee, Goetheplatz, Mühlengasse,"
            "Kastanienallee, Am Alten Markt, Schillerstraße, Rosenweg, Karl-Marx-Straße, Amselring,"
            "Ludwigstraße, Frankfurter Straße, Buchenweg, Domplatz, Uferpromenade, Tannenstraße"
        ),
        towns=_split("Berlin, Hamburg, München, Köln, Bonn, Leipzig, Wanne-Eickel, Ulm, Kassel, Trier"),
        months=_split(
            "Januar, Februar, März, April, Mai, Juni, Juli, August, September, Oktober, November,"
            "Dezember"
        ),
        providers=_split("gmx.de, web.de, gmail.com, t-online.de, posteo.de, birkenhof.de, outlook.com"),
        at=_split("at, ät, Klammeraffe"),
        signs={".": "Punkt", "_": "Unterstrich", "-": "Bindestrich"},
        passwords=_split("Sonnenblume, Leuchtturm, Wasserfall, Kieselstein, Murmeltier, Nordlicht"),
        fillers=_split("äh, ähm, Moment, dann"),
        ordinals=tuple(f"{day}er" for day in _DAYS),
        alphabet=tuple(
            (word[0].lower(), word)
            for word in (
                "Anton Berta Cäsar Dora Emil Friedrich Gustav Heinrich Ida Julius Konrad Ludwig "
                "Martha Nordpol Otto Paula Quelle Richard Siegfried Theodor Ulrich Viktor Wilhelm "
                "Xaver Ypsilon Zeppelin"
            ).split()
        ),
    ),
}
