"""How postal addresses are said in Spanish."""

from __future__ import annotations

from masking.languages.table import Places, phrases, words

PLACES = Places(
    leading_kinds=words(
        "calle avenida avda av plaza plazuela paseo camino carretera ronda travesia callejon "
        "glorieta bulevar boulevard calzada privada cerrada pasaje rambla urbanizacion poligono "
        "alameda andador diagonal prolongacion jiron cuesta costanilla"
    ),
    weak_kinds=words("via carrera"),
    number_last=True,
    parts=words("piso puerta portal bloque escalera apartamento apto departamento depto interior "
                "oficina local planta bajo int casa torre manzana lote edificio colonia"),
    openers=phrases("apartado de correos, apartado postal, apartado, gran via, via"),
    regions=phrases(
        "madrid, barcelona, valencia, sevilla, zaragoza, malaga, murcia, palma, palma de mallorca,"
        "bilbao, alicante, cordoba, valladolid, vigo, gijon, granada, vitoria, elche, oviedo,"
        "santa cruz de tenerife, badalona, cartagena, terrassa, jerez, sabadell, mostoles,"
        "pamplona, almeria, leganes, san sebastian, getafe, burgos, santander, albacete,"
        "castellon, logrono, badajoz, salamanca, huelva, lleida, marbella, leon, tarragona,"
        "cadiz, jaen, orense, ourense, girona, lugo, caceres, melilla, guadalajara, toledo, ceuta,"
        "pontevedra, palencia, ciudad real, zamora, avila, cuenca, huesca, segovia, soria, teruel,"
        "la coruna, a coruna, las palmas, las palmas de gran canaria, ciudad de mexico, monterrey,"
        "puebla, tijuana, cancun, merida, queretaro, toluca, chihuahua, hermosillo, saltillo,"
        "culiacan, acapulco, veracruz, oaxaca, jalisco, nuevo leon, estado de mexico, bogota,"
        "medellin, cali, barranquilla, lima, arequipa, buenos aires, rosario, mendoza, santiago,"
        "santiago de chile, valparaiso, quito, guayaquil, caracas, montevideo, asuncion, la paz,"
        "san jose, panama, guatemala, tegucigalpa, managua, san salvador, santo domingo, asturias,"
        "cantabria, navarra, la rioja, andalucia, galicia, cataluna, extremadura, aragon,"
        "pais vasco, canarias, baleares, castilla la mancha, castilla y leon, miami, houston,"
        "los angeles, san antonio, chicago, el paso, florida, texas, california, san juan"
    ),
    asked={
        **dict.fromkeys(("ciudad", "municipio", "provincia", "localidad", "poblacion"), True),
        **dict.fromkeys(("postal", "piso", "puerta", "calle", "portal", "apartamento"), False),
    },
    post_codes=phrases(
        "codigo postal, c p, cp, el codigo postal es, codigo postal es, y codigo postal,"
        "con codigo postal, distrito postal"
    ),
    inside_numbers=words("y guion bis"),
    inside_names=words("de del la las los el y san santa gran nuestra senora dos mayo"),
    number_words=words("numero nro num no n numeros"),
    within=words("en de"),
    asking=words("la el que cual y su o de del codigo"),
    breaks=words("y pero es mi mis favor gracias que"),
    doors=words("izquierda derecha centro izda dcha exterior interior"),
    floors=words("primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo primer "
                 "tercer bajo atico entresuelo principal primera segunda tercera cuarta"),
)  # fmt: skip
