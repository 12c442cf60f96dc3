"""Spanish, row by row: what a caller says, and what of it is masked."""

from __future__ import annotations

import pytest

import masking
from masking import Turn

# The question, if any; the answer with what must be masked in brackets, its label before a bar.
FOUND = [
    ("", "mi tarjeta es la [CARD|cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno "
     "uno]"),
    ("¿Me dice el número de su tarjeta?", "Sí, [CARD|4929 1837 4610 2231]."),
    ("¿Los dieciséis dígitos?", "a ver [CARD|cincuenta y cinco cero cinco noventa y uno doce tres "
     "cuatro cinco seis siete ocho nueve seis]"),
    ("¿Y el código de seguridad?", "[CVV|siete tres nueve]"),
    ("¿Los tres números de atrás?", "son [CVV|cero uno dos]"),
    ("", "el CVV es [CVV|739]"),
    ("¿Qué pone al dorso de la tarjeta?", "pone [CVV|ciento veintitrés]"),
    ("Dígame su PIN", "[PIN|cuatro cuatro dos uno]"),
    ("", "mi clave secreta es [PIN|veintiuno cuarenta y dos]"),
    ("¿Cuál es su NIP?", "es [PIN|8812]"),
    ("¿Su DNI?", "claro, [SSN|12345678Z]"),
    ("¿Su DNI?", "[SSN|uno dos tres cuatro cinco seis siete ocho zeta]"),
    ("", "mi NIE es [SSN|X1234567L]"),
    ("", "el número de la seguridad social es [SSN|281234567840]"),
    ("¿CURP?", "[SSN|GOMC850312HDFRRL09]"),
    ("", "llámeme al [PHONE|seiscientos doce treinta y cuatro cincuenta y seis setenta y ocho]"),
    ("¿A qué teléfono?", "al [PHONE|seis uno dos tres cuatro cinco seis siete ocho]"),
    ("¿Un número de contacto?", "apunte: [PHONE|612 345 678]"),
    ("", "mi móvil es el [PHONE|+34 612 345 678]"),
    ("", "me puede localizar en el [PHONE|nueve uno seis seis seis cero uno uno cero] por la "
     "tarde"),
    ("¿Me da un teléfono?", "[PHONE|más treinta y cuatro seis uno dos tres cuatro cinco seis "
     "siete ocho]"),
    ("¿Su correo?", "es [EMAIL|maría punto lópez arroba gmail punto com]"),
    ("", "escríbame a [EMAIL|juan guion bajo perez ochenta y dos arroba hotmail punto es]"),
    ("", "mi correo es [EMAIL|ana.ruiz@correolimon.es]"),
    ("¿Un email?", "[EMAIL|pe erre u i zeta arroba yahoo punto es]"),
    ("", "nací el [DOB|tres de mayo de mil novecientos ochenta y dos]"),
    ("¿Fecha de nacimiento?", "[DOB|03/05/1982]"),
    ("¿Fecha de nacimiento?", "el [DOB|doce del once del setenta y cuatro]"),
    ("", "mi fecha de nacimiento es el [DOB|primero de enero de dos mil uno]"),
    ("¿Cuándo nació?", "[DOB|14 de febrero de 1990]"),
    ("", "me llamo [NAME|Begoña Etxeberria]"),
    ("", "hola me llamo [NAME|óscar valdivieso etxeberria] y llamo por una factura"),
    ("¿Con quién hablo?", "con [NAME|rocío cifuentes]"),
    ("¿Su nombre completo?", "[NAME|María José Quintanilla Ruiz]"),
    ("", "buenos días, soy [NAME|Javier Domínguez]"),
    ("", "está a nombre de [NAME|antonio jiménez ruiz]"),
    ("", "quería cita con la doctora [NAME|Barrientos]"),
    ("¿Me deletrea el apellido?", "[NAME|ese o ele a ene o]"),
    ("¿Me deletrea el apellido?", "[NAME|be de Barcelona a erre erre i o]"),
    ("", "le atiende [NAME|Lucía], dígame"),
    ("", "vivo en la [ADDRESS|calle Mayor, 5]"),
    ("", "vivo en la [ADDRESS|calle de alcalá número ciento setenta y dos tercero izquierda]"),
    ("¿Su dirección?", "[ADDRESS|avenida de la Constitución 33, 2º B, 28014 Madrid]"),
    ("¿Su dirección?", "[ADDRESS|plaza de españa ocho piso tres puerta be]"),
    ("¿A qué dirección lo enviamos?", "a [ADDRESS|gran vía treinta y dos]"),
    ("", "mi domicilio es [ADDRESS|paseo de la castellana noventa código postal dos ocho cero "
     "cuatro seis]"),
    ("", "mi número de cuenta es [ACCOUNT|8261761968]"),
    ("¿Su número de cliente?", "es el [ACCOUNT|BH4413418]"),
    ("", "el número de póliza es [ACCOUNT|siete cero dos dos cuatro ocho uno]"),
    ("¿Número de contrato?", "[ACCOUNT|uve ka cuatro dos seis cinco tres ocho tres]"),
    ("", "mi número de paciente es [MRN|zeta seis siete cinco tres ocho ocho]"),
    ("¿Número de historia clínica?", "[MRN|884512]"),
    ("¿Número de la tarjeta sanitaria?", "[MRN|P184006904]"),
    ("", "el IBAN es [IBAN|ES91 2100 0418 4502 0005 1332]"),
    ("¿El IBAN?", "[IBAN|es noventa y uno veintiuno cero cero cero cuatro dieciocho cuarenta y "
     "cinco "
     "cero dos cero cero cero cinco trece treinta y dos]"),
    ("", "la dirección ip es [IP|ciento noventa y dos punto ciento sesenta y ocho punto uno punto "
     "veinte]"),
    ("¿Qué IP aparece?", "pone [IP|10.24.3.118]"),
    ("¿Su palabra clave?", "es [PASSWORD|girasol]"),
    ("", "mi contraseña es [PASSWORD|tormenta cuarenta y dos]"),
    ("¿Contraseña?", "[PASSWORD|Caracola77]"),
]  # fmt: skip

KEPT = [
    ("", "el número de pedido es 48213377"),
    ("¿El número de seguimiento?", "siete siete dos cero uno nueve cuatro cuatro"),
    ("", "su número de referencia es 90211345"),
    ("", "llamo por la factura 8812034"),
    ("", "son treinta y dos euros con cincuenta céntimos"),
    ("", "llevo esperando cuarenta minutos"),
    ("", "la contraseña no funciona desde ayer"),
    ("¿Ha olvidado su contraseña?", "sí, no me deja entrar"),
    ("¿Me podría dar su nombre?", "prefiero no darlo"),
    ("", "vivo en el campo y no llega la señal"),
    ("", "la calle está cortada desde el lunes"),
    ("", "un segundo que lo miro"),
    ("", "soy cliente desde hace diez años"),
    ("", "estoy muy contento con el servicio"),
    ("", "la cita es el martes a las diez y media"),
    ("", "compré la lavadora en dos mil diecinueve"),
    ("", "me di cuenta ayer"),
    ("", "fuimos a Santa María de vacaciones"),
    ("", "el vuelo sale a las siete cuarenta y cinco de la mañana"),
    ("", "el partido acabó tres a dos"),
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
    spans = masking.find(turns, policy="balanced", region="ES", language="es-ES")
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
    assert masking.find(turns, policy="balanced", region="ES", language="es") == []
