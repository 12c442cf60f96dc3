"""V13 configuration, V14 data protection."""

from __future__ import annotations

from tests.asvs.rows import Row, apart, held

DOCS = "docs/test_security.py"
SERVER = "test_server.py"
TRANSPORT = "test_transport.py"
ANSWERS = "test_answers.py"

ROWS: list[Row] = [
    held(
        "13.1.1",
        2,
        "everything that is talked to documented",
        f"{DOCS}::test_everything_that_is_talked_to_is_named",
    ),
    apart(
        "13.2.1",
        2,
        "parts prove themselves by credentials that change",
        "The operator's: database and queue are reached by private unix sockets, or with what"
        " DATABASE_URL and CELERY_BROKER_URL say; certificates or short-lived passwords there are"
        " the platform's to give.",
    ),
    held(
        "13.2.2",
        2,
        "parts act with the least rights",
        "audit/test_record.py::test_append_only_for_web_dropper_and_owner",
        "audit/test_sealing.py::test_the_web_role_cannot_write_seals",
        "vault/test_custody.py::test_no_role_deletes_a_key",
        "phi/test_upkeep.py::test_the_web_role_cannot_delete",
        "embedded/test_exec.py::test_as_an_ordinary_user",
    ),
    held(
        "13.2.3",
        2,
        "no default credentials between parts",
        "embedded/test_secrets.py::test_made_once_and_private",
        f"{TRANSPORT}::test_production_refuses",
        "embedded/test_home.py::test_folders_are_private",
    ),
    held(
        "13.2.4",
        2,
        "outside systems that may be asked are listed",
        f"{DOCS}::test_everything_that_is_talked_to_is_named",
        "audit/test_publishers.py::test_bad_addresses_stop_the_start",
        "core/test_outbound.py::test_hostile_addresses",
        "core/test_outbound.py::test_addresses_of_the_wrong_form",
    ),
    held(
        "13.2.5",
        2,
        "the server loads and sends only where it may",
        "core/test_outbound.py::test_hostile_addresses",
        "core/test_outbound.py::test_proxies_of_the_environment_are_not_used",
        f"{DOCS}::test_everything_that_is_talked_to_is_named",
        note="a firewall for what leaves the machine is the operator's.",
    ),
    held(
        "13.3.1",
        2,
        "secrets kept apart from source, made and held safely",
        "embedded/test_secrets.py::test_made_once_and_private",
        "embedded/test_secrets.py::test_environment_wins",
        "embedded/test_secrets.py::test_no_new_keys_for_old_data",
        "test_source.py::test_no_secret_is_in_the_source",
        note="a vault is the operator's: what it gives comes in by the environment.",
    ),
    held(
        "13.3.2",
        2,
        "secrets readable by those alone who need them",
        "embedded/test_secrets.py::test_made_once_and_private",
        "embedded/test_home.py::test_folders_are_private",
        "accounts/test_admin_fields.py::test_no_page_shows_a_secret",
    ),
    held(
        "13.4.1",
        1,
        "no .git to be read from outside",
        f"{SERVER}::test_files_of_ours_are_not_served",
    ),
    held(
        "13.4.2",
        2,
        "debugging off in production",
        f"{TRANSPORT}::test_production_starts",
        "test_logs.py::test_a_fault_is_told_to_us_and_not_to_the_caller",
    ),
    held(
        "13.4.3",
        2,
        "no lists of folders",
        f"{SERVER}::test_folders_are_not_listed",
    ),
    held(
        "13.4.4",
        2,
        "the method TRACE refused",
        f"{TRANSPORT}::test_methods_that_nobody_needs",
        "access/test_routes.py::test_pages",
        f"{SERVER}::test_a_trace_sends_nothing_back",
    ),
    held(
        "13.4.5",
        2,
        "documentation and monitoring open only where meant",
        "test_health.py::test_metrics_and_their_token",
        f"{TRANSPORT}::test_production_refuses",
        f"{DOCS}::test_every_way_in_is_named",
        note="the API's document and its page are open on purpose; they hold nothing of anybody.",
    ),
    held(
        "14.1.1",
        2,
        "sensitive data found and put into levels",
        f"{DOCS}::test_every_kind_of_data_has_a_level",
    ),
    held(
        "14.1.2",
        2,
        "what each level asks for documented",
        f"{DOCS}::test_every_kind_of_data_has_a_level",
        "docs/test_pages.py::test_the_keep_times_are_those_declared",
    ),
    held(
        "14.2.1",
        1,
        "nothing sensitive in addresses",
        f"{TRANSPORT}::test_no_credential_is_read_from_the_address",
        "accounts/test_secrets_stay.py::test_secrets_stay_where_they_belong",
        note="GET /consents/check takes the caller's own external_id as a parameter, and admin"
        " searches their words; neither is logged by us. Send `subject` instead.",
    ),
    held(
        "14.2.2",
        2,
        "nothing sensitive in caches of servers",
        f"{ANSWERS}::test_the_cache_holds_no_data",
        f"{ANSWERS}::test_no_answer_is_kept_by_a_cache",
    ),
    held(
        "14.2.3",
        2,
        "nothing sensitive to third parties",
        f"{ANSWERS}::test_no_answer_may_load_what_is_not_ours",
        f"{DOCS}::test_everything_that_is_talked_to_is_named",
        "audit/test_publishers.py::test_a_webhook_gets_the_signed_note",
    ),
    held(
        "14.2.4",
        2,
        "each level kept as documented",
        "consent/test_subjects.py::test_identifiers_are_ciphertext_in_the_database",
        "phi/test_store_recording.py::test_stores_audio_of_each_kind",
        "phi/test_store_transcript.py::test_the_database_refuses_plain_text",
        "audit/test_canaries.py::test_nothing_planted_is_kept",
        "retention/test_real_data.py::test_recordings_after_30_days_and_transcripts_after_90",
        "vault/test_custody.py::test_shredding_is_final_and_recorded",
    ),
    held(
        "14.3.1",
        1,
        "the browser cleared at the session's end",
        "accounts/test_admin_fields.py::test_signing_out_clears_what_the_browser_kept",
        "browser/test_storage.py::test_after_signing_out_the_way_back_shows_nothing",
        note="a page that is left open when its session ends stays as it is until it is touched.",
    ),
    held(
        "14.3.2",
        2,
        "no sensitive answer kept by browsers",
        f"{ANSWERS}::test_no_answer_is_kept_by_a_cache",
        "phi/test_play_recording.py::test_plays_what_was_sent",
    ),
    held(
        "14.3.3",
        2,
        "no sensitive data in the browser's storage",
        "browser/test_storage.py::test_nothing_of_anybody_is_in_the_browsers_storage",
        "test_source.py::test_scripts_write_text_and_keep_nothing",
    ),
]
