"""What announces a number in Spanish, by label, without accents. "~" behind a label: weakly."""

from __future__ import annotations

from collections.abc import Mapping


def _list(text: str) -> tuple[str, ...]:
    return tuple(" ".join(each.split()) for each in text.split(",") if each.strip())


CUES: Mapping[str, tuple[str, ...]] = {
    "CVV": _list(
        "codigo de seguridad, numero de seguridad, clave de seguridad, tres digitos, 3 digitos,"
        "tres numeros, 3 numeros, tres cifras, 3 cifras, digitos de atras, digitos del reverso,"
        "digitos al dorso, numeros de atras, numeros del reverso, numerito de atras,"
        "codigo de verificacion, codigo del reverso, codigo de atras, reverso de la tarjeta,"
        "reverso de su tarjeta, reverso de tu tarjeta, reverso de mi tarjeta, dorso de la tarjeta,"
        "parte de atras, parte trasera, ce uve uve, c uve uve, ce ve ve, ce uve ce, ce v v,"
        "codigo de la tarjeta, codigo de su tarjeta, al reverso, el reverso, al dorso, el dorso,"
        "por detras, de atras, ceveve, codigo cvv, codigo cvc, digitos de seguridad,"
        "junto a la firma, al lado de la firma, cvv dos"
    ),
    "PIN": _list(
        "nip, clave secreta, numero secreto, clave personal, su clave, tu clave, mi clave, la clave,"
        "contrasena de cuatro, contrasena de 4, codigo pin, numero de identificacion personal,"
        "codigo secreto, contrasena numerica, clave telefonica, clave de acceso, numero pin,"
        "pin de acceso, codigo de acceso, clave de cuatro, clave de 4, codigo de cuatro digitos,"
        "clave del cajero, codigo de un solo uso, codigo que le llego, codigo que me llego, clave nip,"
        "clave de telebanco, clave de banca"
    ),
    "CARD": _list(
        "numero de tarjeta, numero de la tarjeta, numero de su tarjeta, numero de mi tarjeta,"
        "numero de tu tarjeta, numero largo, dieciseis digitos, 16 digitos, dieciseis numeros,"
        "numeros de la tarjeta, numeros de mi tarjeta, numeros de su tarjeta, digitos de la tarjeta,"
        "digitos de mi tarjeta, digitos de su tarjeta, datos de la tarjeta, datos de mi tarjeta,"
        "frente de la tarjeta, tarjeta es, tarjeta numero, parte delantera, quince digitos,"
        "15 digitos, tarjeta es la, numero completo de la tarjeta, tarjeta empieza, el plastico"
    ),
    "CARD~": _list(
        "tarjeta de credito, tarjeta de debito, tarjeta, visa, mastercard, master card, amex,"
        "american express"
    ),
    "SSN": _list(
        "seguro social, numero de seguro social, seguridad social, numero de la seguridad social,"
        "numero de afiliacion, d n i, dni, n i e, nie, de ene i, ene i e, n i f, nif, curp, r f c,"
        "rfc, cedula, cedula de identidad, cedula de ciudadania, documento de identidad,"
        "documento nacional de identidad, numero de identidad, numero de documento, carnet de identidad,"
        "numero de identificacion fiscal, n s s, nss, cuil, rut, identificacion fiscal, numero de dni,"
        "numero de extranjero, numero de pasaporte, pasaporte, numero de cedula, imss"
    ),
    "PHONE": _list(
        "numero de telefono, telefono es, numero de movil, numero de celular, movil es, celular es,"
        "llameme al, llamarme al, llamarle al, llamame al, numero de contacto, telefono de contacto,"
        "telefono fijo, numero fijo, numero movil, mi numero, su numero, mi telefono, su telefono,"
        "localizarme en, localizarle, contactarme en, contactarme al, telefono de casa, otro telefono,"
        "telefono del trabajo, me puede llamar al, puede llamarme al, marqueme al, comunicarme al,"
        "numero donde, telefono donde, me encuentra en el, numero desde el que llama, whatsapp,"
        "numero de fax, extension telefonica, mi movil, su movil, mi celular, su celular, que telefono,"
        "que numero, a que numero, devolver la llamada, telefono alternativo, telefono particular"
    ),
    "PHONE~": _list(
        "telefono, movil, celular, llameme, llamarme, llamarle, llamame, fijo, numero, contactarle,"
        "contactarme, marqueme"
    ),
    "EMAIL": _list(
        "correo, correo electronico, email, e mail, mail, direccion de correo, correos,"
        "direccion electronica, mi mail, su mail"
    ),
    "DOB": _list(
        "fecha de nacimiento, naci el, naci, nacio el, nacio, nacimiento, nacido el, nacida el, nacido,"
        "nacida, cumpleanos, cumplo anos el, cuando nacio, fecha de nac, ano de nacimiento"
    ),
    "ACCOUNT": _list(
        "numero de cuenta, cuenta numero, cuenta bancaria, cuenta corriente, cuenta de ahorros,"
        "cuenta de ahorro, numero de cliente, codigo de cliente, numero de poliza, poliza es,"
        "poliza numero, poliza, numero de contrato, contrato numero, numero de socio, numero de socia,"
        "numero de abonado, numero de miembro, cuenta es, la cuenta, su cuenta, mi cuenta, clabe,"
        "cuenta clabe, clabe interbancaria, numero de prestamo, numero de suscriptor, c c c,"
        "codigo cuenta cliente, numero de licencia, licencia de conducir, permiso de conducir,"
        "carnet de conducir, numero de empleado, numero de afiliado, matricula de estudiante, cups,"
        "numero de viajero frecuente, numero de contador, id de cliente, id de usuario, numero de usuario,"
        "tarjeta de socio, numero de matricula, codigo de usuario, numero de nomina, codigo swift"
    ),
    "ACCOUNT~": _list("cuenta, contrato, cliente"),
    "MRN": _list(
        "historia clinica, numero de historia, numero de historia clinica, numero de paciente,"
        "expediente clinico, numero de expediente clinico, expediente medico, historial medico,"
        "historial clinico, tarjeta sanitaria, numero de tarjeta sanitaria, cip, numero de historial,"
        "id de paciente, numero de expediente medico, codigo de paciente, numero de asegurado,"
        "registro medico, ficha clinica, numero de ficha"
    ),
    "IBAN": _list("iban, i ban, i be a ene, codigo iban, numero iban, numero internacional de cuenta"),
    "IP": _list("direccion ip, ip, i p, direccion i p, i pe, ipv4, ipv6, ipv 4, ipv 6"),
    "PASSWORD": _list(
        "contrasena, palabra clave, palabra secreta, palabra de seguridad, frase de seguridad,"
        "frase secreta, password, pregunta de seguridad, respuesta secreta, respuesta de seguridad,"
        "contrasena telefonica, contrasena verbal, clave del wifi, contrasena del wifi, santo y sena,"
        "clave verbal, clave wifi, palabra de paso"
    ),
    "ADDRESS": _list(
        "mi direccion, su direccion, direccion es, vivo en, vive en, viviendo en, domicilio,"
        "direccion de envio, direccion de facturacion, direccion postal, direccion completa,"
        "direccion de entrega, direccion actual, nueva direccion, donde vive, resido en, enviar a,"
        "enviarlo a, enviarselo a, mandarlo a, mandar a, envienlo a, mandenlo a, direccion de casa,"
        "residencia, mudado a, mude a, donde se lo enviamos, a donde, direccion anterior, entregar en,"
        "direccion por favor, adonde, donde reside, la direccion"
    ),
    "ADDRESS~": _list("direccion"),
    "ZIP": _list("mi codigo postal, su codigo postal"),
    "EXPIRY": _list(
        "caducidad, fecha de caducidad, vencimiento, fecha de vencimiento, vence, caduca, valida hasta,"
        "expira, expiracion, fecha de expiracion"
    ),
    "CODE": _list("codigo, clave"),
    "OTHER": _list(
        "codigo postal, codigo promocional, codigo de area, codigo de pais, codigo de descuento,"
        "codigo de barras, codigo de error, codigo de producto, codigo de reserva, codigo qr,"
        "codigo de confirmacion, codigo fuente, codigo de vestimenta, codigo penal, prefijo,"
        "pedido, numero de pedido, orden, numero de orden, orden de compra, referencia,"
        "numero de referencia, confirmacion, numero de confirmacion, factura, numero de factura,"
        "vuelo, numero de vuelo, habitacion, total, importe, monto, saldo, precio, cuesta, cuestan,"
        "termina en, terminada en, terminado en, acaba en, acabada en, terminacion, que termina en,"
        "cita, reunion, numero de serie, serie, modelo, numero de seguimiento, seguimiento, rastreo,"
        "numero de rastreo, guia, numero de guia, numero de envio, envio, paquete, ticket,"
        "numero de ticket, incidencia, numero de incidencia, caso, numero de caso, reclamacion,"
        "numero de reclamacion, siniestro, numero de siniestro, expediente, numero de expediente,"
        "reserva, numero de reserva, localizador, asiento, puerta de embarque, anden, autobus, tren,"
        "linea, albaran, presupuesto, numero de presupuesto, recibo, numero de recibo, transaccion,"
        "numero de transaccion, folio, numero de folio, devolucion, numero de devolucion, lote,"
        "numero de lote, articulo, numero de articulo, referencia del producto, pagina, capitulo,"
        "version, lectura, lectura del contador, kilometraje, kilometros, marque, pulse, opcion,"
        "cantidad, temperatura, poblacion, habitantes, loteria, canal, sorteo, cupon, vale de descuento,"
        "tarjeta regalo, tarjeta de regalo, tarjeta de embarque, tarjeta de visita, seguro de coche,"
        "clave del exito, la clave del, la clave esta, fiesta de cumpleanos, regalo de cumpleanos,"
        "tarta de cumpleanos, redes sociales, un numero de, gran numero, numero de personas,"
        "numero de veces, numero uno, cuenta con, ten en cuenta, tenga en cuenta, darse cuenta,"
        "me di cuenta, de cuenta, cuenta atras, por mi cuenta, correo postal, correo certificado,"
        "firmware, isbn, albaranes, remesa, carretera, salida"
    ),
}  # fmt: skip
