"""What the database refuses, and the first purposes, notices and places.

Sources and their confidence: docs/law.md.
"""

import hashlib

from django.db import migrations
from django.utils import timezone

TRIGGERS = """
CREATE FUNCTION consent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What has expired goes by the deleter, which alone enters this role.
    IF TG_OP = 'DELETE' AND current_user = 'voicecompliance_dropper' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER consent_record_append_only BEFORE UPDATE OR DELETE ON consent_consentrecord
    FOR EACH ROW EXECUTE FUNCTION consent_append_only();
CREATE TRIGGER consent_record_no_truncate BEFORE TRUNCATE ON consent_consentrecord
    FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only();
CREATE TRIGGER consent_answer_append_only BEFORE UPDATE OR DELETE ON consent_gateanswer
    FOR EACH ROW EXECUTE FUNCTION consent_append_only();
CREATE TRIGGER consent_answer_no_truncate BEFORE TRUNCATE ON consent_gateanswer
    FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only();

CREATE FUNCTION consent_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published notice is never edited: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER consent_notice_published BEFORE UPDATE OR DELETE ON consent_notice
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION consent_published_stays();
CREATE TRIGGER consent_notice_no_truncate BEFORE TRUNCATE ON consent_notice
    FOR EACH STATEMENT EXECUTE FUNCTION consent_published_stays();
"""

UNDO = """
DROP TRIGGER consent_record_append_only ON consent_consentrecord;
DROP TRIGGER consent_record_no_truncate ON consent_consentrecord;
DROP TRIGGER consent_answer_append_only ON consent_gateanswer;
DROP TRIGGER consent_answer_no_truncate ON consent_gateanswer;
DROP TRIGGER consent_notice_published ON consent_notice;
DROP TRIGGER consent_notice_no_truncate ON consent_notice;
DROP FUNCTION consent_append_only();
DROP FUNCTION consent_published_stays();
"""

# code: title, lawful basis, consent needed, least strength, source, English, Spanish
PURPOSES = {
    "record": (
        "Record the call",
        "consent",
        True,
        "implied",
        "GDPR 6(1)(a); state recording laws such as Cal. Penal Code 632, 632.7",
        "May we record this call? Please say yes or no.",
        "¿Podemos grabar esta llamada? Por favor, diga sí o no.",
    ),
    "transcribe": (
        "Transcribe the call",
        "consent",
        True,
        "implied",
        "GDPR 6(1)(a)",
        "May we keep a written transcript of this call? Please say yes or no.",
        "¿Podemos guardar una transcripción de esta llamada? Por favor, diga sí o no.",
    ),
    "ai_processing": (
        "Processing by AI",
        "consent",
        True,
        "express",
        "GDPR 6(1)(a); EU AI Act 50(1)",
        "May an AI system process what you say on this call? Please say yes or no.",
        "¿Puede un sistema de IA procesar lo que diga en esta llamada? Por favor, diga sí o no.",
    ),
    "voiceprint": (
        "Recognise a person by voice",
        "explicit_consent",
        True,
        "written",
        "GDPR 9(2)(a); BIPA, 740 ILCS 14/15(b)",
        "We would make and keep a voiceprint to recognise you by your voice. It is destroyed when"
        " no longer needed and at the latest 3 years after your last contact. We need your written"
        " release first.",
        "Crearíamos y conservaríamos una huella de voz para reconocerle por su voz. Se destruye"
        " cuando ya no se necesita y, a más tardar, 3 años después de su último contacto."
        " Necesitamos antes su autorización por escrito.",
    ),
    "marketing_calls": (
        "Marketing calls",
        "consent",
        True,
        "written",
        "TCPA, 47 CFR 64.1200(a)(2); FCC 24-17",
        "May we call you about our offers with an artificial voice? Your consent is not a"
        " condition of any purchase. We need it in writing.",
        "¿Podemos llamarle para informarle de nuestras ofertas con una voz artificial? Su"
        " consentimiento no es condición de ninguna compra. Lo necesitamos por escrito.",
    ),
    "training": (
        "Train models",
        "consent",
        True,
        "express",
        "GDPR 6(1)(a)",
        "May we use this call to train our systems? Please say yes or no.",
        "¿Podemos usar esta llamada para entrenar nuestros sistemas? Por favor, diga sí o no.",
    ),
    "analytics": (
        "Analytics",
        "consent",
        True,
        "implied",
        "GDPR 6(1)(a)",
        "May we use this call to improve our service? Please say yes or no.",
        "¿Podemos usar esta llamada para mejorar nuestro servicio? Por favor, diga sí o no.",
    ),
    "treatment": (
        "Treatment",
        "health_care",
        False,
        "implied",
        "HIPAA 45 CFR 164.506(c); GDPR 9(2)(h)",
        "What you say is used for your treatment.",
        "Lo que usted diga se utiliza para su tratamiento.",
    ),
    "fairness_monitoring": (
        "Fairness monitoring",
        "explicit_consent",
        True,
        "express",
        "GDPR 9(2)(a)",
        "May we use what you tell us about yourself to check that our systems treat everybody"
        " fairly? Please say yes or no.",
        "¿Podemos usar lo que nos diga sobre usted para comprobar que nuestros sistemas tratan a"
        " todos por igual? Por favor, diga sí o no.",
    ),
}

NOTE = "From a seeded list: check the statute's wording before relying on it."
# code: title, source
ALL_PARTY = {
    "US-CA": ("California", "Cal. Penal Code 632, 632.7", "settled"),
    "US-CT": ("Connecticut", "Conn. Gen. Stat. 52-570d", "verify"),
    "US-DE": ("Delaware", "Del. Code tit. 11, 1335", "verify"),
    "US-FL": ("Florida", "Fla. Stat. 934.03", "verify"),
    "US-IL": ("Illinois", "720 ILCS 5/14-2", "verify"),
    "US-MD": ("Maryland", "Md. Code, Cts. & Jud. Proc. 10-402", "verify"),
    "US-MA": ("Massachusetts", "Mass. Gen. Laws ch. 272, 99", "verify"),
    "US-MI": ("Michigan", "Mich. Comp. Laws 750.539c", "verify"),
    "US-MT": ("Montana", "Mont. Code 45-8-213", "verify"),
    "US-NV": ("Nevada", "Nev. Rev. Stat. 200.620", "verify"),
    "US-NH": ("New Hampshire", "N.H. Rev. Stat. 570-A:2", "verify"),
    "US-OR": ("Oregon", "Or. Rev. Stat. 165.540", "verify"),
    "US-PA": ("Pennsylvania", "18 Pa. Cons. Stat. 5703, 5704", "verify"),
    "US-WA": ("Washington", "Wash. Rev. Code 9.73.030", "verify"),
    "DE": ("Germany", "StGB 201", "verify"),
}


def seed(apps, schema_editor):
    Purpose = apps.get_model("consent", "Purpose")
    Notice = apps.get_model("consent", "Notice")
    Jurisdiction = apps.get_model("consent", "Jurisdiction")
    for code, row in PURPOSES.items():
        title, basis, needed, strength, source, english, spanish = row
        purpose = Purpose.objects.create(
            code=code,
            title=title,
            lawful_basis=basis,
            requires_consent=needed,
            strength=strength,
            source=source,
        )
        for language, text in (("en", english), ("es", spanish)):
            Notice.objects.create(
                purpose=purpose,
                language=language,
                version=1,
                text=text,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                published_at=timezone.now(),
            )
    for code, (title, source, confidence) in ALL_PARTY.items():
        Jurisdiction.objects.create(
            code=code,
            title=title,
            all_party_recording=True,
            source=source,
            confidence=confidence,
            note=NOTE if confidence == "verify" else "",
        )


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("audit", "0001_initial")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
