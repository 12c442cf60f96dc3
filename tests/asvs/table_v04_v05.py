"""V4 API and web service, V5 file handling."""

from __future__ import annotations

from tests.asvs.rows import Row, apart, held

STORE = "phi/test_store_recording.py"
NO_GRAPHQL = (
    "Does not apply: there is no GraphQL; tests/test_source.py fails where a library of it is"
    " imported."
)
NO_WEBSOCKETS = (
    "Does not apply: there are no WebSockets; the web server of `make run` has them switched off."
)

ROWS: list[Row] = [
    held(
        "4.1.1",
        1,
        "each answer names its media type and character set",
        "test_answers.py::test_answers_say_what_they_are_and_are_not_sniffed",
        "test_fuzz.py::test_answers_are_what_the_document_says",
    ),
    held(
        "4.1.2",
        2,
        "only pages go on to https by themselves",
        "test_transport.py::test_pages_go_on_to_https_and_the_api_does_not",
        "access/test_deployment.py::test_plain_http_goes_to_https_and_is_refused_by_the_api",
    ),
    held(
        "4.1.3",
        2,
        "headers that a proxy sets are not taken from callers",
        "test_transport.py::test_the_address_is_the_connections",
        "core/test_client_address.py::test_whose_address_counts",
        note="X-Forwarded-Proto is believed in production: the proxy must set it itself.",
    ),
    held(
        "4.2.1",
        2,
        "where a message ends is read in one way alone",
        "test_server.py::test_no_second_request_hides_in_a_first",
        "test_server.py::test_a_second_request_after_a_plain_end_is_one",
        "phi/test_store_recording.py::test_a_body_without_a_length_is_not_taken",
        note="that is the web server of `make run`; a proxy in front is the operator's.",
    ),
    apart("4.3.1", 2, "nested GraphQL queries bounded", NO_GRAPHQL),
    apart("4.3.2", 2, "GraphQL introspection off", NO_GRAPHQL),
    apart("4.4.1", 1, "WebSockets over TLS", NO_WEBSOCKETS),
    apart("4.4.2", 2, "origin of WebSocket handshakes checked", NO_WEBSOCKETS),
    apart("4.4.3", 2, "WebSocket sessions with tokens of their own", NO_WEBSOCKETS),
    apart("4.4.4", 2, "WebSocket tokens given by the https session", NO_WEBSOCKETS),
    held(
        "5.1.1",
        2,
        "types and sizes of uploads documented",
        "docs/test_security.py::test_kinds_of_files_are_those_taken",
        "docs/test_security.py::test_limits_are_said",
    ),
    held(
        "5.2.1",
        1,
        "uploads no larger than can be handled",
        f"{STORE}::test_a_body_too_large_by_its_length",
        f"{STORE}::test_a_large_upload_needs_little_memory",
        "consent/test_subjects.py::test_too_large_a_body",
        "audit/test_ingest.py::test_too_large",
    ),
    held(
        "5.2.2",
        1,
        "content found to be of a type that is taken",
        f"{STORE}::test_stores_audio_of_each_kind",
        f"{STORE}::test_what_is_not_whole_audio",
        f"{STORE}::test_damage_inside",
        f"{STORE}::test_damaged_heads_are_refused_or_read",
    ),
    held(
        "5.2.3",
        2,
        "unpacked size bounded before unpacking",
        f"{STORE}::test_audio_that_no_call_has",
        note="archives are not taken; what is bounded is the sound in a compressed file.",
    ),
    held(
        "5.3.1",
        1,
        "uploads never run as programs",
        f"{STORE}::test_stores_audio_of_each_kind",
        "test_server.py::test_files_of_ours_are_not_served",
    ),
    held(
        "5.3.2",
        1,
        "paths made by us, not from names sent",
        f"{STORE}::test_stores_audio_of_each_kind",
        "test_source.py::test_those_who_read_requests_open_no_files",
        "test_server.py::test_files_of_ours_are_not_served",
    ),
    held(
        "5.4.1",
        2,
        "downloads named by us",
        "operations/test_operations_admin.py::test_a_job_is_followed_and_its_result_fetched",
        "test_answers.py::test_downloads_have_names_of_ours",
    ),
    held(
        "5.4.2",
        2,
        "names of downloads cannot break headers",
        "test_answers.py::test_downloads_have_names_of_ours",
    ),
    apart(
        "5.4.3",
        2,
        "files from others scanned for malware",
        "Not met: no scanner looks at recordings. They are decoded in full and stored sealed, never"
        " run, and played as audio alone; a scanner would have to be put before the store.",
    ),
]
