"""Spanish frames: "A:" the agent, "C:" the caller, " / " between turns."""

from __future__ import annotations

POSITIVE = tuple("""
A: ¿Me dice el número de su tarjeta, por favor? / C: Sí, es el {CARD}. / A: Gracias. ¿Y el código de seguridad? / C: {CVV}.
A: Necesito los dieciséis dígitos de la tarjeta. / C: A ver, un momento... {CARD}.
C: Quiero pagar con tarjeta, el número es {CARD}.
C: Apunte la tarjeta: {CARD}, y el código de atrás es {CVV}.
A: Dígame la tarjeta con la que quiere pagar. / C: {CARD} / A: Perfecto, ya está anotado.
C: Mi tarjeta de crédito es la {CARD}.
A: ¿Cuál es el número largo de la parte delantera? / C: Pues mire, {CARD}
A: ¿Y los tres números del reverso? / C: Son {CVV}.
A: ¿Qué código de seguridad aparece al dorso de la tarjeta? / C: Creo que {CVV}.
A: Dígame el CVV, por favor. / C: {CVV}
C: El código de verificación es {CVV}.
A: Marque o dígame su clave telefónica. / C: {PIN}
A: ¿Me confirma su PIN? / C: Sí, {PIN}.
C: Mi NIP es {PIN}, pero no me deja entrar.
A: ¿Cuál es su clave secreta de cuatro dígitos? / C: Es {PIN}.
A: ¿Me puede dar su DNI? / C: Claro, {SSN}.
C: Mi DNI es el {SSN}.
A: ¿Número de documento de identidad? / C: {SSN}
A: ¿Su NIF, por favor? / C: Es {SSN}
C: El número de la seguridad social es {SSN}.
A: ¿A qué teléfono le podemos llamar? / C: Al {PHONE}.
A: ¿Me deja un número de contacto? / C: Sí, apunte: {PHONE}.
C: Llámeme al {PHONE} cuando pueda.
C: Mi móvil es el {PHONE}.
A: ¿Y su número de teléfono? / C: {PHONE} / A: ¿Es correcto entonces, {PHONE}? / C: Sí.
C: Me puede localizar en el {PHONE} por las tardes.
C: Si se corta la llamada, mi número es {PHONE}.
A: ¿Cuál es su correo electrónico? / C: Es {EMAIL}.
C: Mándemelo al correo {EMAIL}, por favor.
A: ¿Tiene un email? / C: Sí, {EMAIL}
C: Mi dirección de correo es {EMAIL}, todo en minúsculas.
A: ¿A qué dirección de correo se lo envío? / C: A {EMAIL}.
A: ¿Su fecha de nacimiento? / C: {DOB}.
C: Nací el {DOB}.
A: ¿Cuándo nació usted? / C: El {DOB}
A: Para verificar, dígame su fecha de nacimiento. / C: Sí, el {DOB}.
C: La paciente nació el {DOB} y tiene cita mañana.
A: ¿Con quién hablo? / C: Con {NAME}.
A: ¿Me dice su nombre completo? / C: Sí, {NAME}.
C: Hola, me llamo {NAME} y llamo por una factura.
C: Buenos días, soy {NAME}.
C: Mi nombre es {NAME}.
A: Gracias por llamar, le atiende {FIRST}. ¿En qué puedo ayudarle? / C: Hola {FIRST}, tengo un problema con internet.
A: ¿A nombre de quién está la cuenta? / C: Está a nombre de {NAME}.
A: Muy bien, señor {LAST}, un momento.
A: ¿Me deletrea el apellido? / C: Sí, {SPELLED}.
C: La reserva está a nombre de {NAME}, para mañana.
C: Quería hablar con la doctora {LAST}, por favor.
A: ¿Cuál es su dirección? / C: Vivo en la {ADDRESS}.
C: Me he mudado, ahora vivo en {ADDRESS}.
A: ¿A qué dirección enviamos el paquete? / C: A {ADDRESS}.
C: Mi domicilio es {ADDRESS}.
A: Confirme la dirección de facturación, por favor. / C: {ADDRESS}.
A: ¿Me da su número de cliente? / C: Es el {ACCOUNT}.
C: Mi número de cuenta es {ACCOUNT}.
A: ¿Número de póliza? / C: {ACCOUNT}.
C: Llamo por el contrato número {ACCOUNT}.
A: ¿Tiene a mano el número de contrato? / C: Sí, {ACCOUNT}
A: ¿Cuál es el número de historia clínica? / C: Es el {MRN}.
C: Mi número de paciente es {MRN}.
A: Dígame el número de la tarjeta sanitaria. / C: {MRN}.
A: ¿Me dice el IBAN para la domiciliación? / C: Sí, {IBAN}.
C: El IBAN es {IBAN}.
A: ¿A qué cuenta le hacemos el ingreso? / C: A la {IBAN}.
C: La dirección IP del router es {IP}.
A: ¿Qué IP le aparece en la pantalla? / C: Pone {IP}.
A: ¿Cuál es su palabra clave? / C: Es {PASSWORD}.
C: Mi contraseña es {PASSWORD}.
A: Dígame la contraseña de seguridad de la cuenta. / C: {PASSWORD}.
A: ¿Nombre y apellidos? / C: {NAME}. / A: ¿Fecha de nacimiento? / C: {DOB}. / A: ¿Y un teléfono? / C: {PHONE}.
A: ¿Su nombre, por favor? / C: {NAME} / A: ¿Y el DNI? / C: {SSN} / A: ¿Dirección de correo? / C: {EMAIL}
C: Soy {NAME}, mi teléfono es el {PHONE} y mi correo {EMAIL}.
""".strip().splitlines())

NEGATIVE = tuple("""
C: ¿Dónde está mi pedido? El número de pedido es {LONG}.
A: ¿Tiene el número de seguimiento? / C: Sí, {LONG}.
C: Llamo por la factura {LONG}, creo que está mal.
A: Su número de referencia es {LONG}. / C: Gracias, anotado.
C: El localizador de la reserva es {LONG}.
A: El número de incidencia es {LONG}, guárdelo por favor.
A: Le doy el número de reclamación: {LONG}. / C: Vale.
C: El número de serie del aparato es {LONG}.
A: ¿En qué puedo ayudarle? / C: Quería saber el horario de la tienda.
C: Llevo esperando {COUNT} minutos.
A: El total son {COUNT} euros con {COUNT} céntimos. / C: De acuerdo.
C: He pedido {COUNT} cajas y solo han llegado {COUNT}.
C: La contraseña no funciona desde ayer. / A: Vamos a restablecerla.
A: ¿Ha olvidado su contraseña? / C: Sí, no me deja entrar.
C: ¿Puedo cambiar el PIN en el cajero? / A: Sí, en cualquiera.
A: Su tarjeta llegará en {COUNT} días. / C: Muchas gracias.
C: La tarjeta está caducada y necesito una nueva.
A: ¿Me podría dar su nombre? / C: Prefiero no darlo.
C: El correo no ha llegado todavía. / A: Mire en la carpeta de spam.
C: ¿Cuál es el código postal de la oficina? / A: No lo sé, lo consulto.
C: No recibí el correo electrónico de confirmación.
A: La cita es el martes a las diez y media. / C: Perfecto.
C: Quiero cambiar la cita del tres de mayo.
A: El vuelo sale a las siete cuarenta y cinco de la mañana por la puerta doce.
C: Compré la lavadora en dos mil diecinueve.
C: Soy cliente desde hace {COUNT} años.
C: Estoy muy contento con el servicio, gracias.
A: Buenos días, gracias por llamar. ¿En qué le puedo ayudar? / C: Es por la calefacción, hace mucho frío en casa.
C: Vivo en el campo y no llega bien la señal. / A: Entiendo, lo miramos.
C: Mi marido está enfermo y no puede venir.
A: Un segundo, que lo miro. / C: Claro, sin problema.
C: Mi hija cumple cuatro años mañana.
A: Tiene que tomar una pastilla cada ocho horas durante siete días.
C: La temperatura era de treinta y ocho grados.
C: El ordenador se reinicia solo dos o tres veces al día.
A: Espere un momento, por favor. / C: Sí, aquí sigo.
C: La calle está cortada desde el lunes.
A: Pulse uno para ventas y dos para soporte.
C: El partido acabó tres a dos.
C: Fuimos a Santa María de vacaciones.
A: ¿Qué número aparece en el contador? / C: La lectura es {SHORT}.
C: El modelo es el {SHORT}.
A: Su saldo es de {SHORT} euros.
A: La habitación es la {SHORT}. / C: Perfecto.
C: Me dan error {SHORT} al abrir la aplicación.
A: ¿Algo más? / C: No, nada más, muchas gracias y buenos días.
C: Quería dar de baja el seguro del coche. / A: ¿Por qué motivo? / C: Porque lo he vendido.
C: ¿Hasta qué hora abren los domingos? / A: Hasta las nueve de la noche.
C: Me di cuenta ayer de que faltaba un artículo.
C: Un amigo me recomendó esta compañía. / A: Me alegro mucho.
C: El técnico vino el miércoles y no arregló nada.
A: Le hemos enviado un enlace para restablecer la contraseña.
C: ¿Cuánto cuesta la tarifa de {COUNT} gigas?
A: Puede pagar con tarjeta o por transferencia. / C: Prefiero transferencia.
C: En el seguro social me dijeron que llamara aquí.
""".strip().splitlines())
