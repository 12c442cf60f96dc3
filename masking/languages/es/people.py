"""How names are said in Spanish."""

from __future__ import annotations

from masking.languages.es.speech import NEUTRAL, STOPS, UNITS
from masking.languages.table import People, phrases, words

PEOPLE = People(
    strong=phrases(
        "me llamo, mi nombre es, mi nombre completo es, nombre es, apellido es, apellidos son,"
        "primer apellido es, segundo apellido es, a nombre de, al nombre de, en nombre de,"
        "se llama, se apellida, me apellido, nombre completo, nombre y apellidos, titular es,"
        "paciente es, paciente se llama, beneficiario es, contacto de emergencia es, mi apellido,"
        "apellido, apellidos, nombre de pila es, nombre de soltera es, nombre del titular es,"
        "nombre en la tarjeta es, de nombre, mis apellidos, mi nombre seria, nombre era,"
        "la beneficiaria es, la paciente es, la titular es, mi nombre completo, le atiende,"
        "le habla, le saluda, responde al nombre de, conocido como"
    ),
    medium=phrases(
        "soy, habla con, hablo con, hablando con, hablar con, hablado con, le habla, habla,"
        "de parte de, mi nombre, nombre, comuniqueme con, paseme con, paso con, cita con, firmado por,"
        "mi esposa, mi esposo, mi marido, mi mujer, mi hijo, mi hija, mi madre, mi padre,"
        "mi hermano, mi hermana, dirigido a, atencion a, para, gracias, muchas gracias, aqui, hola,"
        "buenos dias, buenas tardes, buenas noches, preguntar por, pregunto por"
    ),
    weak=phrases(
        "soy, es, hola, gracias, buenos dias, buenas tardes, buenas noches, vale, bueno, claro,"
        "muy bien, perfecto, de acuerdo, mi esposa, mi esposo, mi marido, mi mujer, mi hijo,"
        "mi hija, mi madre, mi padre, mi mama, mi papa, mi hermano, mi hermana, mi tio, mi tia,"
        "mi abuela, mi abuelo, mi nieto, mi nieta, mi jefe, mi jefa, mi companero, mi companera,"
        "mi amigo, mi amiga, mi vecino, mi vecina, mi novio, mi novia, mi abogado, su esposa,"
        "su marido, su hijo, su hija, por, para, con, de, a, y, aqui, si, encantado, encantada,"
        "mi socio, mi socia, mi cunado, mi cunada, mi sobrino, mi sobrina, mi secretaria, el, la"
    ),
    others=phrases(
        "carolina herrera, adolfo dominguez, victoria secret, san miguel, jose cuervo, don simon,"
        "santa teresa, santa maria, san jose, san juan, san pedro, santa ana, santa rosa,"
        "el corte ingles, el pozo, virgen del carmen, la virgen del pilar, banco santander,"
        "cristobal colon, benito juarez, simon bolivar, juan valdez, maria bonita, mercedes benz,"
        "semana santa, domingo, estrella galicia, san valentin, papa noel, pablo picasso,"
        "miguel de cervantes, don quijote, papa francisco, alonso martinez, mercedes, san martin"
    ),
    places=words("san santa santo nueva nuevo villa puerto calle avenida plaza paseo hospital colegio"
                 " clinica"),
    titles=words("senor senora senorita sr sra srta don dona doctor doctora dr dra licenciado "
                 "licenciada ingeniero ingeniera profesor profesora padre sor lic ing"),
    sure_titles=words("sr sra srta don dona dr dra lic"),
    answering=words("al"),
    after=phrases(
        "al habla, al aparato, es mi nombre, al telefono, a su servicio, le atiende, para servirle,"
        "por telefono, es el titular, es la titular, del departamento, de parte de, presente"
    ),
    questions=phrases(
        "su nombre, tu nombre, nombre completo, como se llama, como te llamas, con quien hablo,"
        "con quien tengo, quien habla, quien llama, quien es, nombre y apellidos, sus apellidos,"
        "su apellido, primer apellido, segundo apellido, nombre del titular, nombre en la tarjeta,"
        "nombre de la tarjeta, nombre del paciente, nombre de la paciente, deletrear, deletrearlo,"
        "deletreelo, deletreemelo, deletrearmelo, como se escribe, a nombre de quien, que nombre,"
        "cual es el nombre, nombre por favor, apellido por favor, apellidos por favor, el nombre,"
        "nombre de pila, nombre de soltera, contacto de emergencia, beneficiario, me dice su nombre,"
        "con quien, de parte de quien, el apellido, los apellidos, tal como aparece, nombre figura"
    ),
    particles=words("de del la las los y da dos san santa e i"),
    answers=words(
        "si claro por supuesto bueno pues eh em es el la soy me llamo mi nombre hola buenas buenos "
        "dias tardes vale ok okay y con gracias un momento a ver mire habla le seria esta al nombre "
        "de perfecto como no desde luego senor senora don dona completo apellido apellidos ah su"
    ),
    no_names=(STOPS - words("angel")) | NEUTRAL | UNITS | words(
        "sol mar luz paz cruz domingo lunes enero abril mayo julio junio agosto mercedes dolores rosa "
        "blanca clara alba aurora estrella flor perla consuelo socorro piedad fe esperanza gloria "
        "victoria reina rey santos santa santo san leon valle monte prado rio sala silva casa villa "
        "campo mesa torres cara moreno rubio delgado calvo bueno bravo cortes franco salud marina "
        "pilar linda bella nieves milagros remedios amparo encarnacion concepcion asuncion trinidad "
        "ascension natividad soledad caridad virtudes angeles jesus cristo maria dia ver sea fuente "
        "paso nota tema plan lima granada lugo toledo valencia sierra plaza paz plata lo le se an "
        "china america israel paris sierra delta sal an in so do he me my see can den man may june"
    ) - words("jesus maria blanca clara rosa pilar victoria aurora gloria mercedes nieves amparo "
              "soledad asuncion concepcion alba marina esperanza cruz torres santos leon franco cortes "
              "silva sierra moreno rubio delgado calvo bravo valle prado campo villa mesa reina rey "
              "toledo valencia luz paz domingo julio"),
    first_names=words(
        "begona iker ainhoa nuria jordi inaki gonzalo alvaro inigo rocio montserrat nerea leire "
        "unai aitor asier eneko gorka itziar amaia maite laia pau marc oriol arnau gerard xavi "
        "xavier merce nuria mireia meritxell neus anna joan josep miquel antoni uxia brais iria "
        "lucia sofia martina paula daniela valeria julia alba noelia irene raquel cristina marta "
        "laura ana maria carmen isabel elena patricia rosa teresa angela pilar mercedes beatriz "
        "silvia monica andrea natalia sonia eva sandra lorena yolanda susana miriam inmaculada "
        "antonio jose manuel francisco david juan javier daniel carlos jesus alejandro miguel "
        "rafael pedro pablo angel sergio fernando jorge luis alberto diego adrian raul ivan ruben "
        "enrique oscar ramon vicente andres joaquin santiago eduardo victor roberto jaime mario "
        "ignacio alfonso salvador ricardo marcos emilio hugo mateo martin lucas leo enzo thiago "
        "guadalupe xochitl itzel ximena citlali cuauhtemoc lupita paco pepe nacho chema quique "
        "gabriela veronica claudia leticia norma blanca gloria aurora rodrigo esteban tomas felipe "
        "agustin gustavo hector guillermo arturo cesar julio gerardo mauricio leonardo camilo "
        "juana josefa dolores encarna remedios consuelo amparo rosario macarena candela carla sara"
    ),
    surnames=words(
        "garcia rodriguez gonzalez fernandez lopez martinez sanchez perez gomez martin jimenez ruiz "
        "hernandez diaz moreno munoz alvarez romero alonso gutierrez navarro torres dominguez "
        "vazquez ramos gil ramirez serrano blanco molina morales suarez ortega delgado castro ortiz "
        "rubio marin sanz nunez iglesias medina garrido cortes castillo santos lozano guerrero cano "
        "prieto mendez cruz calvo gallego vidal leon marquez herrera pena flores cabrera campos "
        "vega fuentes carrasco diez caballero reyes nieto aguilar pascual santana herrero lorenzo "
        "montero hidalgo gimenez ibanez ferrer duran santiago benitez mora vicente vargas arias "
        "carmona crespo roman pastor soto saez velasco moya soler parra esteban bravo gallardo rojas "
        "pardo merino franco espinosa lara izquierdo rivas rivera casado arroyo redondo camacho "
        "silva rey vera otero luque galan montes rios sierra segura carrillo bermejo echeverria "
        "etxebarria aguirre goikoetxea puig ferrer serra roca vila bosch mas coll sole quiroga "
        "zapata cardenas salazar escobar quispe mamani valdes paredes espinoza contreras maldonado "
        "valenzuela sepulveda araya tapia figueroa pacheco ochoa orozco zavala trejo ibarra barrera"
    ),
)  # fmt: skip
