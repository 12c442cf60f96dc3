"""What is said in the demonstration calls. Everyone in them is invented.

Telephone numbers come from ranges kept for fiction (555-01xx; Ofcom's 020 7946 0xxx), addresses
from example.com (RFC 2606), and the card is a payment processor's published test number.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Line(NamedTuple):
    """One turn. `mark` names the turns of a consent: its prompt and its answer."""

    speaker: str
    text: str
    mark: str = ""


class Call(NamedTuple):
    """One call: what its JSON file says, the espeak-ng voices, and its turns."""

    about: dict[str, Any]
    voices: dict[str, str]
    lines: tuple[Line, ...]
    decision: str = "given"


PAYMENT = Call(
    {
        "name": "payment",
        "title": "Paying an electricity bill by card",
        "language": "en-US",
        "direction": "inbound",
        "regions": ["US-CA", "US-TX"],
        "subject": {
            "external_id": "demo-dana-whitfield",
            "name": "Dana Whitfield",
            "phone": "+12025550143",
            "email": "dana.whitfield@example.com",
            "region": "US-CA",
            "language": "en-US",
        },
        "purposes": ["record", "transcribe", "ai_processing"],
    },
    {"agent": "en-us+f3", "caller": "en-us+m3"},
    (
        Line("agent", "Hello, this is the automated assistant of Northwind Energy. I am an A I, "
             "not a person."),
        Line("agent", "May I record this call and process what you say, so that we can take "
             "your payment?", "prompt"),
        Line("caller", "Yes, that is fine.", "answer"),
        Line("agent", "Thank you. How can I help you today?"),
        Line("caller", "Hi, this is Dana Whitfield. I want to pay my bill of eighty dollars."),
        Line("agent", "Certainly. Please read me your card number."),
        Line("caller", "It is four two four two, four two four two,"),
        Line("agent", "Okay, go ahead."),
        Line("caller", "four two four two, um, four two four two."),
        Line("agent", "Thanks. And when does it expire?"),
        Line("caller", "In December twenty thirty."),
        Line("agent", "What is the security code on the back?"),
        Line("caller", "Let me turn it over. It is nine oh, uh, seven."),
        Line("agent", "Nine zero seven, is that right?"),
        Line("caller", "Yes."),
        Line("agent", "Your payment of eighty dollars went through. Thank you, and goodbye."),
    ),
)  # fmt: skip

CLINIC = Call(
    {
        "name": "clinic",
        "title": "Moving an appointment at a clinic",
        "language": "en-GB",
        "direction": "outbound",
        "regions": ["GB"],
        "subject": {
            "external_id": "demo-oliver-marsh",
            "name": "Oliver Marsh",
            "phone": "+442079460958",
            "email": "oliver.marsh@example.com",
            "region": "GB",
            "language": "en-GB",
        },
        "purposes": ["record", "transcribe", "ai_processing", "treatment"],
    },
    {"agent": "en-gb-x-rp+f2", "caller": "en-gb-scotland+m7"},
    (
        Line("agent", "Good morning, this is the virtual assistant of Harbour Street Clinic. "
             "I am an artificial intelligence."),
        Line("agent", "Do you agree that this call is recorded and kept with your notes?",
             "prompt"),
        Line("caller", "Yes, I do.", "answer"),
        Line("agent", "Thank you. Am I speaking to Oliver Marsh?"),
        Line("caller", "Speaking."),
        Line("agent", "You have a blood pressure review on Tuesday. Does that still suit you?"),
        Line("caller", "Not really. I have had chest pains since the new tablets, so sooner "
             "would be better."),
        Line("agent", "I am sorry to hear that. Doctor Patel can see you tomorrow at ten. If the "
             "pain gets worse, please call the emergency number at once."),
        Line("caller", "Tomorrow at ten is good. My phone number is oh two oh, seven nine four "
             "six, oh nine five eight."),
        Line("agent", "Thank you, I have noted it. A nurse will ring you this afternoon. "
             "Goodbye."),
    ),
)  # fmt: skip

SPANISH = Call(
    {
        "name": "reserva",
        "title": "Booking a table, in Spanish",
        "language": "es-US",
        "direction": "inbound",
        "regions": ["US-TX"],
        "subject": {
            "external_id": "demo-lucia-ferrer",
            "name": "Luc\u00eda Ferrer",
            "phone": "+12025550178",
            "email": "lucia.ferrer@example.com",
            "region": "US-TX",
            "language": "es-US",
        },
        "purposes": ["record", "transcribe", "ai_processing"],
    },
    {"agent": "es-419+f4", "caller": "es-419+f1"},
    (
        Line("agent", "Buenas tardes, le atiende el asistente virtual del restaurante El Olivo. "
             "Soy una inteligencia artificial."),
        Line("agent", "\u00bfMe permite grabar esta llamada para gestionar su reserva?",
             "prompt"),
        Line("caller", "S\u00ed, claro.", "answer"),
        Line("agent", "Gracias. \u00bfEn qu\u00e9 puedo ayudarle?"),
        Line("caller", "Quiero una mesa para cuatro personas el viernes por la noche."),
        Line("agent", "Tengo sitio a las nueve. \u00bfCu\u00e1l es su n\u00famero de "
             "tel\u00e9fono?"),
        Line("caller", "Es el dos cero dos, cinco cinco cinco, cero uno siete ocho."),
        Line("agent", "Perfecto. Su mesa queda reservada a nombre de Luc\u00eda Ferrer. "
             "Hasta el viernes."),
    ),
)  # fmt: skip

REFUSED = Call(
    {
        "name": "survey_refused",
        "title": "A survey call whose caller does not agree to recording",
        "language": "en-US",
        "direction": "outbound",
        "regions": ["US-WA"],
        "subject": {
            "external_id": "demo-marcus-bell",
            "name": "Marcus Bell",
            "phone": "+12025550119",
            "email": "marcus.bell@example.com",
            "region": "US-WA",
            "language": "en-US",
        },
        "purposes": ["record", "transcribe", "ai_processing"],
    },
    {"agent": "en-us+f3", "caller": "en-us+m7"},
    (
        Line("agent", "Hello, I am the A I assistant of Northwind Energy, calling about the "
             "service visit last week."),
        Line("agent", "May I record this call?", "prompt"),
        Line("caller", "No, I would rather not be recorded.", "answer"),
        Line("agent", "I understand, this call is not recorded. Were you satisfied with the "
             "visit?"),
        Line("caller", "Yes, the engineer was on time and very friendly."),
        Line("agent", "Thank you for telling me. Goodbye."),
    ),
    decision="denied",
)  # fmt: skip

CALLS = (PAYMENT, CLINIC, SPANISH, REFUSED)
