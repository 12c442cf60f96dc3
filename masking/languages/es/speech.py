"""The small words of spoken Spanish, without accents: what they join, what they end."""

from __future__ import annotations

from masking.languages.table import Dates, Mail, Passwords, Spelling, phrases, words

FILLERS = words(
    "eh em este pues y bueno vale a ver luego despues guion espacio punto coma barra mmm mm ah um "
    "mhm no perdon digo espera espere si entonces ok okay o sea disculpe perdone momento "
    "correccion mejor dicho otra vez repito grupo bloque sigue siguiente hm ajam aja ahora asi que"
)

REPAIRS = words(
    "no perdon digo espere espera disculpe mejor correccion rectifico mal equivocado quise"
)

BRIDGES = FILLERS | words("sabe un segundo aguarde dejeme mirar seguido de con")

NEUTRAL = FILLERS | words(
    "de acuerdo gracias muy bien perfecto siga adelante continue continua claro el la los las "
    "numero numeros digitos digito siguiente siguientes es son por favor aja entendido le te "
    "escucho correcto anotado tengo lo que mas ultimos primeros resto faltan falta listo lista "
    "estupendo genial excelente apunto apuntado dale cuando quiera usted tranquilo tranquila "
    "entiendo mande diga digame exacto eso ya uf ultimo ultima primera primero sale orale ultimas"
)

PARTS = words("primeros primeras ultimos ultimas siguientes otros otras restantes")

UNITS = words(
    "dolar dolares euro euros pesos peso centavos centimos dia dias semana semanas mes meses ano "
    "anos hora horas minuto minutos segundos personas veces am pm gramos miligramos mg "
    "kilos kilo kg metros metro km kilometros litros grados libras soles quetzales porciento "
    "millones millon ninos adultos noches entradas billetes unidades cajas piezas paquetes "
    "pastillas capsulas gotas puntos paginas empleados clientes habitaciones megas gigas gb mb "
    "vatios kilovatios asientos maletas productos articulos botellas plazas invitados"
)

STOPS = words(
    "a al algo alguien algun alguna ante antes aqui asi aun aunque bien buen buena buenas bueno "
    "buenos cada casa como con contra creo cual cuales cuando cuanto de del desde despues donde "
    "dos e el ella ellas ellos en entonces entre era eran es esa ese eso esta estaba estado "
    "estamos "
    "estan estar estas este esto estoy estos fue fueron gracias gusta ha habia habla hablar hablo "
    "hace hacer han has hasta hay he hola hoy igual ir la las le les lo los llamo llama llamado "
    "llamaba llamando llamar llame mal manana mas me mi mis mismo misma mucho mucha muchas muy "
    "nada "
    "nadie necesito necesita ni no nos nosotros nuestra nuestro nunca o ok okay otra otro para "
    "pero "
    "perdon perfecto poco por porque pues puede puedo puedes que quien quiero quiere quisiera sabe "
    "se sea senor senora senorita ser si sido sin sino sobre sois somos son soy su sus tal tambien "
    "tan tanto tarde te tengo tiene tienen ti todo toda todos tu tus un una unas uno unos usted "
    "ustedes va vale vamos van ver vez voy vive vivo viven y ya yo nombre apellido apellidos "
    "numero "
    "cuenta tarjeta direccion fecha nacimiento telefono movil celular correo clave contrasena "
    "codigo calle cliente clienta nuevo nueva paciente titular problema pregunta pedido factura "
    "cita reserva interesado interesada contento contenta cansado ocupado ocupada seguro segura "
    "claro correcto exacto listo lista verdad momento segundo favor digame diga dime deme dame "
    "espere espera disculpe perdone adios buenos dias noches tardes ayer ahora mismo luego "
    "deletreo deletrea deletrear escribe escrito mayuscula mayusculas minuscula minusculas junto "
    "todo electronico postal seguridad social poliza confirmo confirmar verificar cambiar cancelar "
    "pagar enviar enviarlo mandar mande mandarlo anote apunte quedo queda llego llega viene vino "
    "salio ultimos primeros digitos cifras servicio atencion departamento tenia tuve tuvo debo "
    "debe deberia podria puedan encantado encantada ocurre pasa paso sigue sigo calor frio aun "
    "cerca lejos aca alla ahi trabajo trabaja trabajando buscando viviendo aparece figura fijo "
    "gustaria ayudar ayuda asunto consulta queja mediante segun durante hacia estais os vosotros "
    "pin nip esposa esposo marido mujer hijo hija madre padre hermano hermana amigo amiga jefe "
    "jefa "
    "nacido nacida naci nacio vencida olvide olvidado perdida robada listos favor siempre casi "
    "solo "
    "solamente ademas incluso darlo darselo decirlo darle decirle tenerlo pasa llegado prefiero "
    "prefiere deja dejan dejo entrar entra acceder funciona miramos "
    "miro mira mire vio hablaba dijo dijeron dicen dice pueda sirve arregla abre abren cierra "
    "cierran "
    "compre compro pague llamaron enviaron mandaron recibi recibio perdi encontre quisieramos "
    "hemos "
    "viniera vendria vendra sera seria trae traer busco busca recomendo alegro siento lamento "
    "espero"
) - words("un uno una dos")

COPULAS = words(
    "es son el la lo los era seria sera que eh em este pues bueno si claro vale mi su a ver ah "
    "digamos siguiente entonces por favor igual a ok tengo queda como sigue del de"
)

LEADS = words(
    "es son era seria sera el la eh em este pues bueno si claro vale ok okay ah a ver mire mira "
    "entonces por supuesto correcto exacto dice pone empieza con y numero numeros no perdon espere "
    "gracias favor hola bien perfecto listo ahora mismo apunte anote tome aqui esta va tiene "
    "seguro segura digo espera disculpe mi mio mia sigue deme apunta anota ya fue confirmo como "
    "nada "
    "senor senora senorita buenas dias tardes supuesto siguiente vez repito"
)

LINKS = words("es son era esta tengo aqui fue seria")

LINKED = words(
    "esto ese este eso numero mio mia el la codigo tarjeta clave pin nip social cuenta digitos "
    "resto numeros nombre fecha nacimiento cumpleanos correo direccion contrasena que lo yo cual "
    "telefono movil celular dni"
)

DENIALS = words(
    "no incorrecta equivocada caducada caducado vencida vencido invalida invalido bloqueada "
    "guardada nunca para ni o y pero porque si cuando que ha han he hay fue era estaba sigue "
    "funciona funcionaba va sirve cambiarla cambiar cambio cambiada restablecer restablecida "
    "recuperar olvide olvidada otra vez anterior nueva vieja temporal correcta bien debil segura "
    "deja dejan entrar acceder quiero demasiado muy corta larga vacia rechazada aceptada ahora "
    "antes despues dos solo por en de del "
    "con sin esta requiere necesita debe tiene puede expiro expira enviada se me le la aqui alli"
)

DATES = Dates(
    months=words(
        "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre "
        "diciembre ene feb mar abr may jun jul ago sep sept oct nov dic"
    ),
    ordinals=words("primero primer"),
    joints=words("de del el la ano al dia"),
    openers=words("el"),
    before_years=words("desde en ano"),
    times=phrases("de la manana, de la tarde, de la noche, del mediodia, a m, p m, en punto, y"
                  " media, y cuarto, horas, h"),
)  # fmt: skip

SPELLING = Spelling(
    letters={
        **{word: word[0] for word in words(
            "alfa bravo charlie delta foxtrot golf hotel india julieta kilo lima noviembre oscar "
            "papa quebec romeo sierra tango victor whisky yanqui zulu "
            "barcelona cadiz carmen dolores espana francia gerona granada huelva historia "
            "inglaterra italia jaen kilometro lerida lugo malaga navarra nono oviedo palencia "
            "portugal quijote quevedo ramon sabado sevilla tarragona toledo uruguay ubeda valencia "
            "washington xilofono yegua yolanda zaragoza zamora burgos antonio alicante"
        )},
        "te": "t", "de": "d", "be": "b", "ce": "c", "efe": "f", "ge": "g", "hache": "h",
        "jota": "j", "ka": "k",
        "ele": "l", "eme": "m", "ene": "n", "enie": "n", "pe": "p", "cu": "q", "erre": "r",
        "ere": "r", "ese": "s", "uve": "v", "ve": "v", "equis": "x", "igriega": "y",
        "ye": "y", "zeta": "z", "ceta": "z", "griega": "y", "latina": "i",
    },
    joints=words("guion barra mayuscula minuscula letra letras espacio bajo punto numero doble "
                 "corta chica grande larga alta baja y"),
    as_in=phrases("de, como, como en, como de, con"),
    doubtful=words("a y o e u i te de"),
)  # fmt: skip

MAIL = Mail(
    at=words("arroba arrova at"),
    dots=words("punto"),
    joints=words("punto guion bajo medio raya mas underscore subguion"),
    asides=words("todo junto todas minuscula minusculas mayuscula mayusculas letra letras numero "
                 "numeros el la y con sin espacios espacio eh em este pues luego entonces en una "
                 "sola palabra como de acento tilde"),
    stops=words(
        "es el la mi su correo electronico email mail direccion a al en por para de escriba "
        "escribame mandelo mande envie enviar mandar favor sera seria si claro vale ok bueno pues "
        "que tengo uso use contacto nombre del esta son no perdon digo hola apunte anote lo me nos "
        "sus mis cual puede era eh"
    ),
    providers=words(
        "gmail googlemail yahoo hotmail outlook icloud aol proton protonmail live msn telefonica "
        "movistar terra ono prodigy orange mail me mac correo jazztel"
    ),
    back=words("no perdon digo espere espera disculpe mejor correccion rectifico"),
)  # fmt: skip

PASSWORDS = Passwords(
    signs=words("exclamacion dolar signo almohadilla numeral asterisco gato estrella guion bajo "
                "porcentaje interrogacion mayuscula simbolo arroba"),
    at_signs=words("signo simbolo"),
    owners=words("mi la nuestra como su"),
    owned=words("es era como sea"),
    refusals=words("no olvide olvidado prefiero porque recuerdo nunca"),
    where=words("para de del en que"),
    links=words("es era"),
    asks=words("que cual puede podria digame diga confirme verifique deme necesito dar decir "
               "favor dime tiene"),
    its=words("es seria"),
    inside=words("todo un una numero y"),
)  # fmt: skip

MOMENTS = words("momento segundo minuto momentito segundito ratito")

FIGURES = words("digitos digito numeros cifras letras caracteres")

PREPOSITIONS = words(
    "a en el la los las un una de desde hace sobre unos unas casi cerca hasta por para solo mas "
    "menos entre otro otra cada todos era fueron con sin antes tras al del"
)
