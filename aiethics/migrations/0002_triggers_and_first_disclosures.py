"""A published disclosure is never edited; the first words, in English and Spanish."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION aiethics_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published disclosure is never edited: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER aiethics_disclosure_stays BEFORE UPDATE OR DELETE ON aiethics_disclosure
    FOR EACH ROW EXECUTE FUNCTION aiethics_published_stays();
CREATE TRIGGER aiethics_disclosure_no_truncate BEFORE TRUNCATE ON aiethics_disclosure
    FOR EACH STATEMENT EXECUTE FUNCTION aiethics_published_stays();
"""

UNDO = """
DROP TRIGGER aiethics_disclosure_stays ON aiethics_disclosure;
DROP TRIGGER aiethics_disclosure_no_truncate ON aiethics_disclosure;
DROP FUNCTION aiethics_published_stays();
"""

WORDS = {
    "greeting": (
        "Hello. I am an AI assistant, not a person. You can ask for a person at any time.",
        "Hola. Soy un asistente de inteligencia artificial, no una persona. Puede pedir hablar"
        " con una persona en cualquier momento.",
    ),
    "confirmation": (
        "Yes, you are speaking with an AI system. No person is on this call.",
        "Sí, está hablando con un sistema de inteligencia artificial. No hay ninguna persona en"
        " esta llamada.",
    ),
    "escalation": (
        "I am handing you over to a person now. What you told me, the AI assistant, is passed on.",
        "Ahora le paso con una persona. Lo que me ha contado a mí, el asistente de inteligencia"
        " artificial, se le transmite.",
    ),
    "closing": (
        "You spoke with an AI assistant. If you want a person to look at this, tell us at any"
        " time. Goodbye.",
        "Ha hablado con un asistente de inteligencia artificial. Si quiere que una persona revise"
        " esto, díganoslo en cualquier momento. Adiós.",
    ),
}


def seed(apps, schema_editor):
    Disclosure = apps.get_model("aiethics", "Disclosure")
    for interaction, texts in WORDS.items():
        for language, text in zip(("en", "es"), texts, strict=True):
            Disclosure.objects.create(
                interaction=interaction, language=language, version=1, text=text
            )


class Migration(migrations.Migration):
    dependencies = [("aiethics", "0001_initial"), ("audit", "0001_initial")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
