"""V3 web front end."""

from __future__ import annotations

from tests.asvs.rows import Row, apart, held

SOURCE = "test_source.py"

ROWS: list[Row] = [
    held(
        "3.2.1",
        1,
        "no answer rendered as something else than it is",
        "test_answers.py::test_answers_say_what_they_are_and_are_not_sniffed",
        "test_answers.py::test_no_answer_may_load_what_is_not_ours",
        "operations/test_operations_admin.py::test_a_job_is_followed_and_its_result_fetched",
        "phi/test_play_recording.py::test_plays_what_was_sent",
    ),
    held(
        "3.2.2",
        1,
        "text put on a page as text",
        f"{SOURCE}::test_scripts_write_text_and_keep_nothing",
        "test_pages_escape.py::test_what_callers_and_people_wrote_is_text_on_every_page",
    ),
    held(
        "3.3.1",
        1,
        "cookies secure, with a prefix in their names",
        "test_answers.py::test_cookies_are_for_this_host_and_out_of_reach",
        "test_transport.py::test_production_starts",
    ),
    held(
        "3.3.2",
        2,
        "SameSite set for what each cookie is for",
        "test_answers.py::test_cookies_are_for_this_host_and_out_of_reach",
    ),
    held(
        "3.3.3",
        2,
        "cookie names with the prefix __Host-",
        "test_answers.py::test_cookies_are_for_this_host_and_out_of_reach",
        "test_transport.py::test_production_starts",
    ),
    held(
        "3.3.4",
        2,
        "session cookie out of reach of scripts",
        "test_answers.py::test_cookies_are_for_this_host_and_out_of_reach",
        "accounts/test_admin_fields.py::test_no_page_shows_a_secret",
    ),
    held(
        "3.4.1",
        1,
        "HSTS on every answer, a year, subdomains too",
        "test_answers.py::test_every_answer_says_https_for_a_year",
        "test_transport.py::test_production_starts",
    ),
    held(
        "3.4.2",
        1,
        "no other origin allowed to read answers",
        "test_answers.py::test_no_answer_may_load_what_is_not_ours",
        "test_answers.py::test_the_api_reads_no_cookie",
    ),
    held(
        "3.4.3",
        2,
        "a content security policy on every answer",
        "test_answers.py::test_no_answer_may_load_what_is_not_ours",
        note="the admin's Alpine needs 'unsafe-eval' for scripts and 'unsafe-inline' for styles.",
    ),
    held(
        "3.4.4",
        2,
        "nosniff on every answer",
        "test_answers.py::test_answers_say_what_they_are_and_are_not_sniffed",
        "test_server.py::test_what_is_served_is_served_as_what_it_is",
    ),
    held(
        "3.4.5",
        2,
        "a referrer policy that tells others nothing",
        "test_answers.py::test_no_answer_may_load_what_is_not_ours",
    ),
    held(
        "3.4.6",
        2,
        "no answer may be framed",
        "test_answers.py::test_no_answer_may_load_what_is_not_ours",
    ),
    held(
        "3.5.1",
        1,
        "forged requests from other sites refused",
        "accounts/test_sign_in.py::test_posts_need_the_token_of_the_form",
        "accounts/test_second_factors.py::test_options_need_the_token_of_the_form",
        "operations/test_operations_admin.py::test_pages_ask_for_the_token_against_forgery",
    ),
    held(
        "3.5.2",
        1,
        "what rests on preflight cannot be called without",
        "test_answers.py::test_the_api_reads_no_cookie",
        "audit/test_ingest.py::test_another_media_type",
        note="the API does not rest on preflight: it takes a header that no form can send.",
    ),
    held(
        "3.5.3",
        1,
        "safe methods change nothing",
        "operations/test_operations_admin.py::test_a_job_is_followed_and_its_result_fetched",
        "consent/test_notices.py::test_a_get_publishes_nothing",
        "test_admin_registry.py::test_every_get_of_the_admin_leaves_an_event",
        "test_transport.py::test_methods_that_nobody_needs",
    ),
    apart(
        "3.5.4",
        2,
        "separate applications on separate hosts",
        "Does not apply: it is one application. Give it a host name of its own, which cookies and"
        " passkeys take for theirs.",
    ),
    held(
        "3.5.5",
        2,
        "messages between windows checked for origin",
        f"{SOURCE}::test_scripts_write_text_and_keep_nothing",
        note="our scripts neither send nor listen to any.",
    ),
    held(
        "3.7.1",
        2,
        "only client technology that is still kept",
        f"{SOURCE}::test_scripts_write_text_and_keep_nothing",
        "browser/test_call_page.py::test_a_call_and_its_masked_transcript",
        note="pages work in today's Chromium without a plug-in; no other browser is tried.",
    ),
    held(
        "3.7.2",
        2,
        "redirects to places of our own alone",
        "accounts/test_sign_in.py::test_next_stays_here",
        "accounts/test_sessions.py::test_a_post_after_the_end_comes_back_to_its_page",
        "accounts/test_step_up.py::test_what_was_entered_is_escaped",
    ),
]
