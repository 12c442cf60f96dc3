"""V6 authentication."""

from __future__ import annotations

from tests.asvs.rows import Row, apart, held

PASSWORDS = "accounts/test_password_rules.py"
FACTORS = "accounts/test_factors.py"
SIGN_IN = "accounts/test_sign_in.py"
TOKEN = "accounts/test_token.py"
DOCS = "docs/test_security.py"
NO_TELEPHONE = (
    "Does not apply: no code is sent by telephone, text message or e-mail; factors are apps,"
    " passkeys and recovery codes."
)
NO_PROVIDER = (
    "Does not apply: there is no other identity provider; who somebody is, is proved here alone."
)

ROWS: list[Row] = [
    held(
        "6.1.1",
        1,
        "what stands against guessing documented, lockout included",
        f"{DOCS}::test_what_stands_against_guessing",
    ),
    held(
        "6.1.2",
        2,
        "words of the place that make no password listed",
        f"{DOCS}::test_words_that_make_no_password",
    ),
    held(
        "6.1.3",
        2,
        "every way in documented with its strength",
        f"{DOCS}::test_every_way_in_is_named",
    ),
    held(
        "6.2.1",
        1,
        "passwords of eight characters at least, better fifteen",
        f"{PASSWORDS}::test_fourteen_are_too_few",
        "accounts/test_people.py::test_a_weak_password",
    ),
    held(
        "6.2.2",
        1,
        "people can change their password",
        f"{SIGN_IN}::test_changing_ones_own_password",
    ),
    held(
        "6.2.3",
        1,
        "a change takes the old password too",
        f"{PASSWORDS}::test_a_change_asks_for_the_old_one",
    ),
    held(
        "6.2.4",
        1,
        "common passwords that fit the rules refused",
        "accounts/test_passwords.py::test_a_stolen_password_is_refused",
        "accounts/test_passwords.py::test_what_leaves_nothing_to_guess",
        note="of Django's own list few have fifteen letters: it takes the operator's list"
        " (BREACHED_PASSWORDS_FILE), which has them all.",
    ),
    held(
        "6.2.5",
        1,
        "any characters, no rule of composition",
        f"{PASSWORDS}::test_any_letters_do",
    ),
    held(
        "6.2.6",
        1,
        "password fields masked",
        f"{PASSWORDS}::test_fields_mask_and_let_managers_help",
    ),
    held(
        "6.2.7",
        1,
        "pasting and password managers allowed",
        f"{PASSWORDS}::test_fields_mask_and_let_managers_help",
    ),
    held(
        "6.2.8",
        1,
        "compared exactly as typed",
        f"{PASSWORDS}::test_it_is_compared_as_it_was_given",
        f"{PASSWORDS}::test_as_long_as_one_likes",
    ),
    held(
        "6.2.9",
        2,
        "64 characters and more allowed",
        f"{PASSWORDS}::test_as_long_as_one_likes",
    ),
    held(
        "6.2.10",
        2,
        "no change asked for because of age",
        f"{PASSWORDS}::test_it_does_not_grow_old",
    ),
    held(
        "6.2.11",
        2,
        "words of the place refused as passwords",
        f"{PASSWORDS}::test_words_of_the_place_are_not_enough",
        f"{PASSWORDS}::test_words_of_the_place_beside_others_are",
        "accounts/test_password_rules.py::test_a_change_holds_the_new_one_to_the_rules",
    ),
    held(
        "6.2.12",
        2,
        "passwords known from breaches refused",
        "accounts/test_passwords.py::test_a_stolen_password_is_refused",
        "accounts/test_passwords.py::test_the_search_finds_what_is_in_the_list_and_nothing_else",
        "accounts/test_passwords.py::test_a_list_that_cannot_be_read_takes_no_password",
        "accounts/test_passwords.py::test_the_evidence_is_measured",
        note="the list is the operator's to download (BREACHED_PASSWORDS_FILE); without it nothing"
        " is refused by it, and the start page says so.",
    ),
    held(
        "6.3.1",
        1,
        "guessing of passwords and codes held up",
        f"{TOKEN}::test_too_many_tries",
        f"{SIGN_IN}::test_too_many_tries",
        f"{FACTORS}::test_wrong_codes_make_wait_longer_and_longer",
        f"{TOKEN}::test_wrong_name_password_code_and_inactive_are_one_answer",
        "accounts/test_step_up.py::test_too_many_tries",
        "accounts/test_attempts.py::test_from_everywhere_a_hundred_guesses_and_an_end",
        "accounts/test_attempts.py::test_one_address_is_slowed_down_over_all_accounts",
        "accounts/test_attempts.py::test_under_attack_a_passkey_opens",
        "accounts/test_attempts.py::test_under_attack_a_browser_that_was_here_opens",
        "accounts/test_attempts.py::test_whatever_is_wrong_the_work_is_the_same",
        "accounts/test_guessing.py::test_against_a_model_that_remembers_every_try",
    ),
    held(
        "6.3.2",
        1,
        "no default accounts",
        f"{PASSWORDS}::test_no_account_is_there_by_itself",
        "accounts/test_people.py::test_the_first_officer_is_made_once",
    ),
    held(
        "6.3.3",
        2,
        "two factors, always",
        f"{SIGN_IN}::test_first_sign_in_with_enrolment",
        f"{SIGN_IN}::test_a_later_sign_in",
        f"{SIGN_IN}::test_a_factor_that_is_gone_verifies_nothing",
        f"{TOKEN}::test_without_a_factor_there_is_no_token",
        "operations/test_operations_admin.py::test_reading_needs_a_second_factor",
    ),
    held(
        "6.3.4",
        2,
        "no way in that is weaker or unnamed",
        f"{DOCS}::test_every_way_in_is_named",
        f"{TOKEN}::test_without_a_factor_there_is_no_token",
        "accounts/test_passkey_settings.py::test_the_librarys_own_tables_are_shut",
        "accounts/test_bearer.py::test_a_view_without_scopes_is_closed",
        note="the API's token takes no passkey: an app's code or a recovery code.",
    ),
    held(
        "6.4.1",
        1,
        "first passwords random, short-lived, and not kept",
        "accounts/test_invitations.py::test_the_holder_chooses_a_password_and_comes_in",
        "accounts/test_invitations.py::test_it_works_once",
        "accounts/test_invitations.py::test_after_its_hours_it_is_gone",
        "accounts/test_invitations.py::test_who_is_invited_cannot_sign_in_yet",
        f"{PASSWORDS}::test_a_password_that_is_given_is_random",
        note="the first officer's password, and one that an officer gives to somebody who forgot"
        " theirs, are random and shown once, and may be kept.",
    ),
    held(
        "6.4.2",
        1,
        "no hints, no secret questions",
        f"{DOCS}::test_every_way_in_is_named",
    ),
    held(
        "6.4.3",
        2,
        "a forgotten password replaced without passing the factor by",
        "accounts/test_admin.py::test_a_new_password_for_another",
        f"{SIGN_IN}::test_a_new_password_ends_the_first_step",
        f"{SIGN_IN}::test_nobody_enrols_past_a_factor_they_have",
    ),
    held(
        "6.4.4",
        2,
        "a lost factor reset by somebody who knows who it is",
        f"{FACTORS}::test_nobody_resets_their_own_factor",
        "accounts/test_admin.py::test_a_factor_reset_for_another",
        "accounts/test_admin.py::test_nobody_resets_their_own_factor",
        note="how the other officer makes sure who asks is theirs to do.",
    ),
    held(
        "6.5.1",
        2,
        "codes work once",
        f"{FACTORS}::test_a_code_works_once",
        f"{FACTORS}::test_a_used_code_stays_used_after_the_cache_is_emptied",
        f"{FACTORS}::test_of_200_codes_used_twice_at_once_none_is_right_twice",
        f"{FACTORS}::test_one_recovery_code_used_twice_at_once_is_right_once",
        "accounts/test_passkeys.py::test_a_replayed_assertion",
    ),
    held(
        "6.5.2",
        2,
        "recovery codes of 112 bits hashed, shorter ones stretched",
        f"{FACTORS}::test_enrolment_gives_ten_codes_stored_hashed",
        "accounts/test_randomness.py::test_secrets_of_apps_and_recovery_codes",
    ),
    held(
        "6.5.3",
        2,
        "codes and seeds from a secure generator",
        "accounts/test_randomness.py::test_secrets_of_apps_and_recovery_codes",
        "test_source.py::test_chance_is_the_systems",
        "accounts/test_passkeys.py::test_challenges_are_random_and_long",
    ),
    held(
        "6.5.4",
        2,
        "codes of 20 bits at least",
        "accounts/test_otp.py::test_recovery_codes_are_random_and_readable",
        "accounts/test_otp.py::test_rfc_6238",
        "accounts/test_randomness.py::test_secrets_of_apps_and_recovery_codes",
    ),
    held(
        "6.5.5",
        2,
        "one-time codes live 30 seconds at most",
        "accounts/test_otp.py::test_a_code_is_good_for_its_own_thirty_seconds",
        f"{FACTORS}::test_an_enrolment_ends_after_ten_minutes",
        "accounts/test_passkeys.py::test_an_expired_challenge",
    ),
    apart("6.6.1", 2, "codes by telephone only with better beside", NO_TELEPHONE),
    apart("6.6.2", 2, "codes sent apart bound to their request", NO_TELEPHONE),
    apart("6.6.3", 2, "codes sent apart held against guessing", NO_TELEPHONE),
    apart("6.8.1", 2, "identities of several providers kept apart", NO_PROVIDER),
    apart("6.8.2", 2, "signatures of assertions checked", NO_PROVIDER),
    apart("6.8.3", 2, "SAML assertions taken once", NO_PROVIDER),
    apart("6.8.4", 2, "strength told by a provider checked", NO_PROVIDER),
]
