"""The sentence for each code of the ground: what happened, where, what to do. Marked for extraction by `N_`."""

from __future__ import annotations

from hub.sentences_of_finance import FINANCE
from hub.worded import N_

__all__ = ["N_", "SENTENCES"]

SENTENCES = {
    **FINANCE,
    # settings
    "setting_invalid": N_("{variable} is not usable: {why}. Set it to {remedy}, or unset it."),
    "setting_unknown": N_("{variable} is not a setting of Concord. Did you mean {nearest}?"),
    "variable_unset": N_("The environment variable {variable} is not set. Export it, then try again."),
    # vault
    "key_invalid": N_(
        "{where} does not hold a key. A key is 32 random bytes in URL-safe base64; `hub` makes one if there is none."
    ),
    "key_unreadable": N_("The key {path} cannot be read or made: {why}. Set HUB_KEY, or give this user access to the file."),
    "key_wrong": N_(
        "The secret {field} of {connection} was sealed with the key {key}, which is not here. "
        "Put that key back into HUB_KEY or HUB_HOME/key, or enter the secret again."
    ),
    "seal_broken": N_("The sealed secret {field} of {connection} was changed or belongs elsewhere. Enter the secret again."),
    # keeper
    "folder_closed": N_(
        "PostgreSQL does not run as root, so it runs as {user}, who cannot enter {folder}. "
        "Set HUB_HOME to a folder that {user} can enter, or set HUB_DATABASE_URL."
    ),
    "folder_unusable": N_("The folder {folder} cannot be used: {why}. Set HUB_HOME to a folder where this user may write."),
    "folder_owned_by_root": N_(
        "The database folder {folder} belongs to root, but PostgreSQL does not run as root. Give it to another user."
    ),
    "user_missing": N_(
        "PostgreSQL does not run as root, and there is neither a user postgres nor nobody. Add one, or set HUB_DATABASE_URL."
    ),
    "program_missing": N_("The program {program} is not there. Install {package}, or set {variable}."),
    "database_version": N_(
        "The database in {folder} was made by PostgreSQL {found}; this is PostgreSQL {here}. "
        "Upgrade it, or set HUB_HOME to another folder."
    ),
    "service_failed": N_("{service} did not start. Its last words, from {log}:\n{tail}"),
    "keeper_busy": N_("The keeper of {home} did not answer within {seconds} seconds. See {log}."),
    "keeper_differs": N_(
        "Another process uses {home} with its own HUB_DATABASE_URL. Use one setting for both, or another HUB_HOME."
    ),
    # database
    "database_unreachable": N_("The database does not answer: {why}. Check HUB_DATABASE_URL and that PostgreSQL runs."),
    "database_behind": N_("The database is at revision {found}, but this program needs {needed}. Run `hub migrate`."),
    "database_drifted": N_("The tables in the database are not those of this program: {differences}. Run `hub migrate`."),
    # processes, practice systems and demo
    "twin_not_offered": N_("There is no practice system {name}. There are: {known}."),
    "twin_silent": N_("The practice system {name} does not answer at {url} ({why}). Is `hub twins serve` running?"),
    "twin_refused": N_("The practice system {name} refused: {why}."),
    "twin_data_shape": N_('{path} does not hold rows by object, such as {{"customers": [{{"id": "1"}}]}}.'),
    "twin_data_row": N_("{path}: row {row} of {object} has no id."),
    "twin_data_object": N_("{path}: the practice system {name} has no {object}. It has: {known}."),
    "twin_data_unusable": N_("{path} is not in the shape of {name}'s own records: {why}."),
    "file_not_json": N_("{path} is not JSON: {why}."),
    "customers_not_readable": N_("{file} cannot be read: {found}."),
    "customers_not_utf8": N_("{file}, row {row} is not UTF-8 ({found}). Save the file as UTF-8."),
    "customers_not_csv": N_("{file}, row {row} is not CSV: {found}."),
    "customers_no_name_column": N_(
        "{file} has no column for names. One has to be called name, Security or Company; found {found!r}."
    ),
    "customers_column_twice": N_("{file}: several columns mean {found}. Keep one of them."),
    "customers_no_customers": N_("{file} holds a header and no customers."),
    "customers_ragged_row": N_("{file}, row {row} does not fit its header: {found}."),
    "customers_name_missing": N_("{file}, row {row} has no name."),
    "customers_name_too_long": N_("{file}, row {row}: the name is longer than {limit} letters ({found!r} …)."),
    "customers_name_has_control_characters": N_("{file}, row {row}: the name {found!r} holds control characters."),
    "customers_name_has_no_letters": N_("{file}, row {row}: {found!r} is no name, it has no letters."),
    "not_a_date": N_("{value} is not a date. Write it as 2026-11-30."),
    "port_taken": N_(
        "The web pages cannot be served at {host}:{port}: {why}. Set HUB_PORT to another port, or to 0 for any free one."
    ),
    "process_unusable": N_("{name} cannot run like this. {said}"),
    "demo_home_foreign": N_(
        "{home} holds something that no demo made, so it is left alone. Set HUB_HOME to a new folder, or remove this one yourself."
    ),
    # story
    "scene_unknown": N_("There is no scene {number}: the story has 1 to {last}."),
    "story_not_there": N_("{who} is not in {system} any more. Put it back there, or start the demo anew."),
    "story_not_quiet": N_("Not everything agreed within {seconds} s. Does a worker run? HUB_HOME/log says more."),
    "demo_not_running": N_("No demo runs in {home}. Start one: `hub demo`."),
    # demo
    "customers_or_count": N_("Say either --customers FILE or --count N."),
    "demo_home_busy": N_("Another demo uses {home}. End it, or set HUB_HOME to another folder."),
    # command line
    "entity_unknown": N_("There is no entity {entity}."),
    "record_unknown": N_("There is no {entity} {id}. Use our id, or CONNECTION:OBJECT:EXTERNAL_ID."),
    "field_unknown": N_("There is no field {field}."),
    "no_such_connection": N_("There is no connection {name}."),
    "connection_unknown": N_("There is no connection {name}. `hub connections list` shows those there are."),
    "connection_exists": N_("There is a connection {name} already. `hub connections set {name}` changes it."),
    "connection_name": N_("{name!r} cannot be a connection's name: it must not be empty or hold a colon."),
    "connection_mode": N_("{name}: mode cannot be {value}. Use one of: {allowed}."),
    "connection_writes": N_("{name}: writes cannot be {value}. Use one of: {allowed}."),
    "connection_may_hold": N_("{name}: there is no sensitivity {value}. There are: {allowed}."),
    "connection_setting": N_("{name}: the setting {setting} is not usable: {why}. Its connector takes: {known}."),
    "connection_settings": N_("{name}: {why}. Its connector takes: {known}."),
    "setting_not_offered": N_("{name}: its connector has no setting {setting}. It takes: {known}."),
    "connection_failed": N_("{name} does not let us in: {why}"),
    "scope_missing": N_("{name} lacks the scope {scope}. See {page}"),
    "property_to_make": N_(
        "{name} has no property {property}. Make it there, or give our key the scope to make it. See {page}"
    ),
    "unknown_connector": N_("There is no connector {name}. There are: {known}."),
    "import_failed": N_("The connector {name} ({module}) cannot be loaded: {error}: {said}"),
    "no_connector": N_("{module} exports no CONNECTOR."),
    "no_twin": N_("{module}: what it exports as TWIN is no practice system."),
    "wrong_name": N_("{module} calls itself {says}, but its folder is {name}."),
    "doubled_name": N_("{module} offers a connector {name}, which {owner} is already."),
    "mapping_connector_unknown": N_("{mapping}: there is no connector {connector}."),
    "mapping_object_unknown": N_("{mapping}: {connector} has no object {object}. It has: {known}."),
    "may_not_hold": N_(
        "{mapping} writes {field} ({sensitivity}) to {connection}, whose setting may_hold is {may_hold}. "
        "Allow it (`hub connections set {connection} --may-hold …`) or map the field `way: read`."
    ),
    "conflict_unknown": N_("There is no open conflict {id}. `hub conflicts list` shows those there are."),
    "one_of_from_and_value": N_("Say either --from CONNECTION or --value V."),
    "says_nothing": N_("{connection} says nothing of {field}. Who does: {known}."),
    "says_several": N_("Several records of {connection} say different things of {field}: choose by --value."),
    "value_unusable": N_("{value!r} is no value for {field}: {why}."),
    "field_not_decidable": N_("{field} of {entity} is computed, or no field: nobody can set it."),
    "member_missing": N_("{field} is a list: name the member too, as {field}:MEMBER."),
    "same_record": N_("Both mean the same record: {id}."),
    "never_merged": N_("Nobody merged {id}, so there is nothing to take back."),
    "refusal_unknown": N_("There is no refused {id}. `hub dead list` shows those there are."),
    "nothing_to_retry": N_(
        "{connection} gave this row of {object} no id, so it cannot be read again. Repair it there, or drop it."
    ),
    "not_a_moment": N_("{value!r} is no time. Write it as 2026-11-30T12:00:00Z, or as a position of the change log."),
    "not_a_frequency": N_(
        "{value!r} does not say how often. Write 30s, 5m, 1h or 1d, from {shortest} to {longest}, or default: what its roles promise."
    ),
    "not_a_pair": N_("Write settings as {form}."),
    # webhooks
    "hook_unknown": N_("There is no webhook {id}. `hub hooks list` shows those there are."),
    "hook_state": N_("{state} is no state of a webhook. There are: {allowed}."),
    "hook_not_dead": N_("There is no dead webhook {id}. `hub hooks list --state dead` shows those there are."),
    "hook_judged": N_("{id} is {state}: what it told was, or will be, read. There is nothing to judge again."),
    "hook_verb_missing": N_(
        "The connector {connector} cannot judge a kept webhook again. Its connection is read by itself all the same."
    ),
    "hooks_not_offered": N_(
        "{connector} tells nothing by webhook: {name} is read by itself, as often as `hub connections list` says."
    ),
    "told_id_reuse": N_("its id was another event's; what it names was read all the same."),
    "told_not_an_event": N_("it cannot be understood."),
    "told_not_json": N_("it is not JSON."),
    "told_not_read": N_("it is about something that Concord does not read."),
    "told_unknown_type": N_("it is of a type that Concord does not know."),
    "told_no_subject": N_("it names no record."),
    "told_connection_removed": N_("its connection was removed before it was read."),
    "told_dropped": N_("somebody left it at that."),
    "told_not_shown": N_("the system refuses to show the record; a later read may bring it."),
    "told_other_account": N_("it is about another account."),
    "first_delivery": N_("{planned} updates are ready; nothing was ever sent to {connection}. A person has to confirm."),
    "asked": N_("{planned} updates are ready; {connection} is set to ask before each delivery."),
    "limit": N_("Safety stop: {what} is above the limit {limit} ({value})."),
    "process_died": N_("The process that did it ended. The next run goes on from there."),
    "bug": N_("It failed by a mistake of ours ({error}). The log of that process says more."),
    "mass_vanishing": N_(
        "Safety stop: {gone} of {total} {object} of {connection} are gone at once. Nothing was taken for deleted. "
        "If they are meant to be gone, delete them in smaller parts; else repair the source."
    ),
    # documents: mappings, rules, fields, connections; file, line and field are told before
    "document_unknown_key": N_("there is no setting {word}."),
    "document_unknown_field": N_("there is no field {word}."),
    "document_unknown_transform": N_("there is no conversion {word}."),
    "document_unknown_word": N_("{word} is not one of the words that may stand here."),
    "document_unknown_value": N_("{word} is not one of the field's values."),
    "document_unknown_part": N_("the field has no part {word}."),
    "document_unknown_zone": N_("{word} is no time zone. Write one such as Europe/Berlin."),
    "document_not_a_time": N_("{word} is no time of a day. Write one such as 18:00."),
    "document_not_a_day_of_every_month": N_("{word} is no day that every month has: 1 to 28."),
    "document_not_a_whole_number": N_("{word} is no whole number."),
    "document_below_minimum": N_("it must be at least {minimum}."),
    "document_unknown_role_or_connection": N_("{word} is neither a role nor a connection."),
    "document_missing_key": N_("{word} is missing."),
    "document_duplicate_key": N_("{word} stands here twice."),
    "document_reserved_field": N_("{word} is reserved for later."),
    "document_computed_field": N_("{word} is computed and cannot be mapped."),
    "document_field_is_a_reading": N_("{word} is computed from {of}: write the rule for that field."),
    "document_needs_transform": N_("a field of type {type} needs a conversion (`as`)."),
    "document_wrong_transform": N_("the conversion {transform} does not give a value of type {type}."),
    "document_read_only_transform": N_("this conversion only reads: say `way: read`."),
    "document_one_strategy": N_("a rule has exactly one of order, latest, pick, ask."),
    "document_not_a_mapping": N_("settings (key: value) are expected here."),
    "document_not_text": N_("a word is expected here."),
    "document_empty": N_("nothing is written here."),
    "document_syntax": N_("this is not YAML: {problem}."),
    "document_unreadable": N_("the file cannot be read: {reason}."),
    "document_bad_path": N_("{word} is no path into a record."),
    "document_locked": N_("only a rule by order can be locked."),
    "document_unsure": N_("unsure stands only beside latest."),
    "document_not_a_limit": N_("{word} is no limit. Write a number (20) or a percentage (5%)."),
    "document_not_a_list_of_names": N_("a list of roles or connections is expected here."),
    "document_pick_does_not_fit": N_("{word} cannot pick among values of this field."),
    "document_several_documents": N_("one file holds one document; remove the line ---."),
    "document_alias": N_("anchors and aliases (& and *) are not read. Write it out."),
    "document_too_big": N_("the file is too big."),
    "document_too_deep": N_("it is nested too deeply."),
    # values that we cannot accept
    "value_unknown_value": N_("{value!r} is not one of the field's values."),
    "value_missing_currency": N_("an amount without its currency."),
    "value_not_a_currency": N_("{value!r} is no currency."),
    "value_currency_not_listed": N_("{value!r} is no currency that we know."),
    "value_not_a_number": N_("{value!r} is no number."),
    "value_not_a_whole_number": N_("{value!r} is no whole number."),
    "value_not_a_date": N_("{value!r} is no date."),
    "value_not_a_time": N_("{value!r} is no time."),
    "value_no_time_zone": N_("{value!r} does not say its time zone."),
    "value_not_a_domain": N_("{value!r} is no domain."),
    "value_not_a_phone": N_("{value!r} is no phone number."),
    "value_not_a_url": N_("{value!r} is no web address."),
    "value_not_an_email": N_("{value!r} is no e-mail address."),
    "value_email_without_domain": N_("{value!r} is no e-mail address: it has no domain."),
    "value_not_true_or_false": N_("{value!r} is neither true nor false."),
    "value_not_finite": N_("it is no finite number."),
    "value_not_an_object": N_("the vendor sent something else where fields are expected."),
    "value_wrong_type": N_("the vendor sent {found} where {expected} is expected."),
    "value_out_of_range": N_("it is out of range."),
    "value_too_long": N_("it is longer ({bytes} bytes) than anything that we keep."),
    "value_nul_in_text": N_("the text holds a NUL character."),
    "value_lone_surrogate": N_("the text holds half a character (a lone surrogate)."),
    "value_below_minimum": N_("{value} is below {limit}, the least allowed."),
    "value_above_maximum": N_("{value} is above {limit}, the most allowed."),
    "value_before_other": N_("{value} is before {other} ({limit})."),
    "value_unreadable_event": N_("this entry of the vendor's list of changes cannot be read."),
    "value_not_a_record": N_("the vendor sent a row that is no record."),
    "value_not_json": N_("the vendor sent something that is not JSON."),
    # vendors
    "vendor_unreachable": N_("its address does not answer."),
    "vendor_unknown_host": N_("there is no such host."),
    "vendor_address_refused": N_("the address {host} is refused: {why}. Operators allow hosts with HUB_ALLOW_HOSTS=host:port."),
    "vendor_rate_limited": N_("it asks us to wait; we come again by ourselves."),
    "vendor_quota": N_("its quota is used up; we come again by ourselves."),
    "vendor_server_error": N_("it has a failure of its own (HTTP {status}); we come again by ourselves."),
    "vendor_not_json": N_("it answered something that is not JSON; nothing of it was used, and we come again by ourselves."),
    "vendor_token_refused": N_("it refuses our credentials. Enter new ones: `hub connections set NAME --env KEY=VAR`."),
    "vendor_reconnect": N_(
        "it does not renew our permission. Nothing is lost. Connect again: `hub connections set NAME --env refresh_token=VAR`, "
        "then `hub connections test NAME`."
    ),
    "vendor_renewal_busy": N_("another process is renewing our permission; we come again by ourselves."),
    "vendor_bad_key": N_("it refuses our key. Enter a new one: `hub connections set NAME --env KEY=VAR`."),
    "vendor_missing_scope": N_("our credentials lack a scope: {scope}."),
    "vendor_scope_missing": N_("our credentials lack a scope: {scope}."),
    "vendor_no_answer": N_("the connection ended before its answer came ({why})."),
    "vendor_unanswered": N_("its answer did not say what became of this update."),
    "vendor_too_large": N_("its answer is larger than {limit} bytes; nothing of it was used."),
    "vendor_too_slow": N_("its answer took longer than {limit} s; nothing of it was used."),
    "vendor_unknown_encoding": N_("its answer is packed as {encoding}, which we do not read."),
    "vendor_broken_encoding": N_("its answer, packed as {encoding}, cannot be unpacked."),
    "vendor_redirected": N_("it sends us to another address (HTTP {status}), where we do not follow. Check base_url."),
    "vendor_strange_status": N_("it answered with HTTP {status}, which it does not document; we come again by ourselves."),
    "vendor_page_repeated": N_("it gave the same page twice and would have done so for ever; we come again by ourselves."),
    "vendor_session_expired": N_("its list expired while we were reading; we come again by ourselves."),
    "vendor_error_in_answer": N_("it answered that it failed: {said}. We come again by ourselves."),
    "vendor_too_many_groups": N_(
        "its report is cut at {limit} groups, so it was not used. Read raw events instead: source=export."
    ),
    "vendor_report_shape": N_("the saved report {report} is not one figure by company and day."),
    "vendor_locked": N_("another program is changing the record; we come again by ourselves."),
    "vendor_in_use": N_("another request is using the record; we come again by ourselves."),
    "vendor_migrating": N_("it is moving the account; we come again by ourselves."),
    "vendor_not_found": N_("it has no such record."),
    "vendor_gone": N_("it has no such record any more."),
    "vendor_deleted": N_("the record was deleted."),
    "vendor_merged": N_("the record was merged into {into}."),
    "vendor_moved": N_("the record has changed there since we read it."),
    "vendor_exists": N_("there is such a record already: {existing}."),
    "vendor_invalid": N_("it refuses the values: {message}"),
    "vendor_property_missing": N_("it has no such property: {properties}. `hub sync` makes ours, if the credentials allow it."),
    "vendor_opted_out": N_("the person has opted out of everything there, and only they can take it back: {topics}."),
    "vendor_no_place_for": N_("it has no place for {parts}."),
    "vendor_no_address": N_("the contact has no e-mail address there to which consents could belong."),
    "vendor_subscription_missing": N_("it has no such subscription type: {subscriptions}."),
    "vendor_legal_basis_missing": N_(
        "it wants the legal basis of a yes. Set one: `hub connections set NAME --set legal_basis=CONSENT_WITH_NOTICE`."
    ),
    "vendor_forbidden": N_("our user there may not write this record: {message}"),
    "vendor_job_failed": N_("its bulk job ended as {status}, so what became of this update has to be looked up."),
    "vendor_job_unfinished": N_("its bulk job is {status} after a minute, so what becomes of this update has to be looked up."),
    "vendor_unknown_object": N_("it has no object {object}."),
    "vendor_verb_not_supported": N_("we cannot {verb} its {object}."),
    "vendor_not_writable": N_("we cannot {verb} its {object}."),
    "vendor_bug": N_("we failed by a mistake of ours ({error}). The log says more."),
    "ignored_by_vendor": N_("It answered yes and kept the value from before."),
    "put_back": N_(
        "Somebody there put the same other value back twice over ours. `hub dead retry` sends ours once more, `drop` lets it be."
    ),
}
