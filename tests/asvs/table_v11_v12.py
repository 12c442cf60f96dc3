"""V11 cryptography, V12 secure communication."""

from __future__ import annotations

from tests.asvs.rows import Row, apart, held

SOURCE = "test_source.py"
DOCS = "docs/test_security.py"
OUTBOUND = "core/test_outbound.py"
TRANSPORT = "test_transport.py"

ROWS: list[Row] = [
    held(
        "11.1.1",
        2,
        "keys documented: use, holder, end",
        f"{DOCS}::test_every_key_is_in_the_inventory",
    ),
    held(
        "11.1.2",
        2,
        "keys and algorithms listed, with what they protect",
        f"{DOCS}::test_every_key_is_in_the_inventory",
        f"{DOCS}::test_algorithms_are_those_in_use",
        f"{SOURCE}::test_primitives_are_those_of_one_library",
    ),
    held(
        "11.2.1",
        2,
        "primitives of well-known libraries alone",
        f"{SOURCE}::test_primitives_are_those_of_one_library",
        f"{SOURCE}::test_no_weak_primitive",
    ),
    apart(
        "11.2.2",
        2,
        "algorithms and keys can be replaced",
        "Not met: stored bytes name their version and their key, and rotate_keys encrypts again"
        " what is under an old wrapping key, but LOOKUP_KEY cannot be replaced.",
    ),
    held(
        "11.2.3",
        2,
        "128 bits of strength at least",
        f"{SOURCE}::test_primitives_are_those_of_one_library",
        "embedded/test_secrets.py::test_made_once_and_private",
        "accounts/test_otp.py::test_secrets_have_160_bits",
        "accounts/test_randomness.py::test_keys_have_256_bits",
    ),
    held(
        "11.3.1",
        1,
        "no weak block modes or paddings",
        f"{SOURCE}::test_no_weak_primitive",
        note="Fernet, which wraps keys, is AES-128-CBC with an HMAC over all of it.",
    ),
    held(
        "11.3.2",
        1,
        "approved ciphers such as AES-GCM alone",
        f"{SOURCE}::test_primitives_are_those_of_one_library",
        "vault/test_sealing.py::test_message_round_trip",
        "vault/test_sealing.py::test_stream_round_trip",
    ),
    held(
        "11.3.3",
        2,
        "ciphertext that was changed does not open",
        "vault/test_sealing.py::test_any_flipped_bit_of_a_message_is_refused",
        "vault/test_sealing.py::test_every_truncation_and_addition_is_refused",
        "vault/test_sealing.py::test_swapped_segments_are_refused",
        "vault/test_custody.py::test_another_row_or_owner_is_refused",
        "vault/test_custody.py::test_field_never_serves_plain_text_or_another_column",
        "vault/test_binding.py::test_swapped_between_rows_is_refused",
        "vault/test_binding.py::test_any_changed_character_is_refused",
    ),
    held(
        "11.4.1",
        1,
        "approved hash functions alone",
        f"{SOURCE}::test_no_weak_primitive",
        "audit/test_merkle.py::test_published_roots",
        note="one-time codes are HMAC-SHA-1, as RFC 6238 and authenticator apps have it.",
    ),
    held(
        "11.4.2",
        2,
        "passwords hashed slowly, with today's parameters",
        "accounts/test_password_rules.py::test_the_hash_is_argon2id_with_todays_parameters",
        "accounts/test_people.py::test_a_person_is_made",
    ),
    held(
        "11.4.3",
        2,
        "hashes of 256 bits where collisions matter",
        "audit/test_merkle.py::test_published_roots",
        "audit/test_note.py::test_published_note",
        "consent/test_consents.py::test_receipt_is_signed",
        f"{SOURCE}::test_no_weak_primitive",
    ),
    apart(
        "11.4.4",
        2,
        "keys made of passwords stretched",
        "Does not apply: no key is made of a password; keys are random bytes, and further ones are"
        " derived from them by HKDF.",
    ),
    held(
        "11.5.1",
        2,
        "what must not be guessed random, 128 bits",
        "accounts/test_randomness.py::test_keys_have_256_bits",
        "accounts/test_randomness.py::test_session_tokens_have_256_bits",
        "accounts/test_randomness.py::test_session_ids_have_128_bits",
        "accounts/test_passkeys.py::test_challenges_are_random_and_long",
        f"{SOURCE}::test_chance_is_the_systems",
        note="recovery codes, which are typed, have 123.",
    ),
    held(
        "11.6.1",
        2,
        "approved algorithms for keys and signatures",
        "consent/test_consents.py::test_receipt_is_signed",
        "audit/test_note.py::test_published_note",
        "embedded/test_secrets.py::test_made_once_and_private",
        f"{SOURCE}::test_primitives_are_those_of_one_library",
    ),
    apart(
        "12.1.1",
        1,
        "TLS 1.2 and 1.3 alone, the newest first",
        "The operator's: TLS ends at the proxy in front. What we ask ourselves is held to TLS 1.2"
        " and above (tests/core/test_outbound.py).",
    ),
    apart(
        "12.1.2",
        2,
        "recommended cipher suites, the strongest first",
        "The operator's: TLS ends at the proxy in front; outgoing requests use Python's and"
        " OpenSSL's own choice.",
    ),
    apart(
        "12.1.3",
        2,
        "client certificates trusted before they count",
        "Does not apply: no client certificate is read; applications prove themselves by keys.",
    ),
    held(
        "12.2.1",
        1,
        "nothing by plain http",
        f"{TRANSPORT}::test_pages_go_on_to_https_and_the_api_does_not",
        f"{TRANSPORT}::test_production_starts",
        "test_answers.py::test_every_answer_says_https_for_a_year",
        note="/healthz, /readyz and /metrics answer by plain http too, for those inside.",
    ),
    apart(
        "12.2.2",
        1,
        "certificates that browsers trust",
        "The operator's: the certificate is the proxy's.",
    ),
    held(
        "12.3.1",
        2,
        "every connection in and out encrypted",
        f"{TRANSPORT}::test_production_refuses",
        f"{TRANSPORT}::test_production_takes",
        f"{OUTBOUND}::test_addresses_of_the_wrong_form",
        f"{OUTBOUND}::test_old_versions_of_tls_are_not_spoken",
        note="between the proxy and the web server the operator decides.",
    ),
    held(
        "12.3.2",
        2,
        "certificates of servers checked",
        f"{OUTBOUND}::test_name_and_certificate_are_the_hosts",
        f"{OUTBOUND}::test_a_certificate_of_another_name",
        f"{OUTBOUND}::test_a_certificate_of_nobody_we_trust",
        f"{TRANSPORT}::test_production_refuses",
    ),
    apart(
        "12.3.3",
        2,
        "TLS between internal http services",
        "Does not apply: the parts talk through the database and the queue, never by http to each"
        " other.",
    ),
    held(
        "12.3.4",
        2,
        "certificates between internal services trusted",
        f"{TRANSPORT}::test_production_refuses",
        f"{OUTBOUND}::test_a_certificate_of_nobody_we_trust",
        note="an authority of one's own is named by sslrootcert and SSL_CERT_FILE.",
    ),
]
