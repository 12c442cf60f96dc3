"""Spanish, without accents (they are folded away before look-up)."""

from __future__ import annotations

from masking.languages.table import Language, words

FILLERS = words(
    "eh em este pues y bueno vale a ver luego despues guion espacio punto coma barra mmm mm ah "
    "um no perdon digo espere espera si entonces ok okay o sea"
)

TABLE = Language(
    code="es",
    digits={
        "cero": "0", "un": "1", "uno": "1", "una": "1", "dos": "2", "tres": "3", "cuatro": "4",
        "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9",
    },
    teens={
        "diez": "10", "once": "11", "doce": "12", "trece": "13", "catorce": "14",
        "quince": "15", "dieciseis": "16", "diecisiete": "17", "dieciocho": "18",
        "diecinueve": "19", "veintiuno": "21", "veintiun": "21", "veintidos": "22",
        "veintitres": "23", "veinticuatro": "24", "veinticinco": "25", "veintiseis": "26",
        "veintisiete": "27", "veintiocho": "28", "veintinueve": "29",
    },
    tens={
        "veinte": "2", "treinta": "3", "cuarenta": "4", "cincuenta": "5", "sesenta": "6",
        "setenta": "7", "ochenta": "8", "noventa": "9",
    },
    hundred=frozenset(),
    hundreds={
        "cien": "1", "ciento": "1", "doscientos": "2", "doscientas": "2", "trescientos": "3",
        "trescientas": "3", "cuatrocientos": "4", "cuatrocientas": "4", "quinientos": "5",
        "quinientas": "5", "seiscientos": "6", "seiscientas": "6", "setecientos": "7",
        "setecientas": "7", "ochocientos": "8", "ochocientas": "8", "novecientos": "9",
        "novecientas": "9",
    },
    thousand=frozenset({"mil"}),
    repeat={"doble": 2, "triple": 3},
    homophones={"sinco": "5", "sero": "0"},
    fillers=FILLERS,
    neutral=FILLERS | words(
        "de acuerdo gracias muy bien perfecto siga adelante continue continua claro el la los "
        "las numero numeros digitos siguiente siguientes es son por favor aja entendido"
    ),
    units=words(
        "dolar dolares euro euros pesos peso centavos centimos dia dias semana semanas mes meses "
        "ano anos hora horas minuto minutos segundos personas veces por ciento am pm "
        "gramos miligramos mg"
    ),
    cues={
        "CVV": (
            "codigo de seguridad", "numero de seguridad", "clave de seguridad", "tres digitos",
            "3 digitos", "tres numeros", "3 numeros", "digitos de atras", "digitos del reverso",
            "digitos al dorso", "numeros de atras", "numeros del reverso",
            "codigo de verificacion", "codigo del reverso", "codigo de atras",
            "reverso de la tarjeta", "reverso de su tarjeta", "reverso de tu tarjeta",
            "dorso de la tarjeta", "parte de atras", "parte trasera", "ce uve uve", "c uve uve",
            "ce ve ve", "codigo de la tarjeta",
            "al reverso", "el reverso", "al dorso", "el dorso", "por detras", "de atras", "ceveve",
        ),
        "PIN": (
            "nip", "clave secreta", "numero secreto", "clave personal", "su clave", "tu clave",
            "mi clave", "la clave",
            "contrasena de cuatro", "contrasena de 4", "codigo pin",
            "numero de identificacion personal", "codigo secreto", "contrasena numerica",
        ),
        "CARD": (
            "numero de tarjeta", "numero de la tarjeta", "numero de su tarjeta",
            "numero de mi tarjeta", "tarjeta de credito", "tarjeta de debito",
        ),
        "SSN": ("seguro social", "numero de seguro social", "seguridad social"),
        "PHONE": (
            "telefono", "numero de telefono", "movil", "celular", "llameme", "llamarme",
            "llamarle", "numero de contacto",
        ),
        "EMAIL": ("correo", "correo electronico"),
        "DOB": ("fecha de nacimiento", "naci el", "nacimiento"),
        "ACCOUNT": ("numero de cuenta", "cuenta", "numero de cliente", "numero de poliza"),
        "MRN": ("historia clinica", "numero de historia", "numero de paciente"),
        "EXPIRY": ("caducidad", "vencimiento", "vence", "caduca", "valida hasta", "expira"),
        "CODE": ("codigo", "clave"),
        "OTHER": (
            "codigo postal", "codigo promocional", "codigo de area", "codigo de pais", "pedido",
            "numero de pedido", "referencia", "confirmacion", "factura", "vuelo", "habitacion",
            "total", "importe", "monto", "saldo", "precio", "termina en", "terminada en",
            "direccion", "calle", "cita", "reunion", "numero de serie",
        ),
    },
)  # fmt: skip
