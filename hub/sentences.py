"""The sentence for each code of the ground: what happened, where, what to do. Marked for extraction by `N_`."""

from __future__ import annotations


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name for "extract this, translate later"
    return msgid


SENTENCES = {
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
    "file_not_json": N_("{path} is not JSON: {why}."),
    "customers_row": N_("{file}, row {row}: {why}, found {found!r}."),
    "not_a_date": N_("{value} is not a date. Write it as 2026-11-30."),
    "port_taken": N_(
        "The web pages cannot be served at {host}:{port}: {why}. Set HUB_PORT to another port, or to 0 for any free one."
    ),
    "process_unusable": N_("{name} cannot run like this. {said}"),
    "demo_home_foreign": N_(
        "{home} holds something that no demo made, so it is left alone. Set HUB_HOME to a new folder, or remove this one yourself."
    ),
    "demo_home_busy": N_("Another demo uses {home}. End it, or set HUB_HOME to another folder."),
    # command line
    "entity_unknown": N_("There is no entity {entity}."),
    "record_unknown": N_("There is no {entity} {id}. Use our id, or CONNECTION:OBJECT:EXTERNAL_ID."),
    "field_unknown": N_("There is no field {field}."),
    "no_such_connection": N_("There is no connection {name}."),
    "connection_unknown": N_("There is no connection {name}. `hub connections list` shows those there are."),
    "connection_exists": N_("There is a connection {name} already. `hub connections set {name}` changes it."),
    "connection_name": N_("{name!r} cannot be a connection's name: it must not be empty or hold a colon."),
    "connection_writes": N_("{name}: writes cannot be {value}. Use one of: {allowed}."),
    "connection_may_hold": N_("{name}: there is no sensitivity {value}. There are: {allowed}."),
    "connection_setting": N_("{name}: the setting {setting} is not usable: {why}. Its connector takes: {known}."),
    "connection_failed": N_("{name} does not let us in: {why}"),
    "scope_missing": N_("{name} lacks the scope {scope}. See {page}"),
    "unknown_connector": N_("There is no connector {name}."),
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
    "not_a_duration": N_("{value!r} is no duration. Write it as 30s, 5m or 1h."),
    "not_a_pair": N_("Write settings as {form}."),
    "file_unreadable": N_("{path} cannot be read: {why}."),
    "twin_not_running": N_("The practice system {connector} is not running here. Start it: `hub twins serve {connector}`."),
    "argument_missing": N_("{verb} needs {wanted}."),
    "object_unknown": N_("{connection} has no object {object}."),
    "object_not_mapped": N_("No mapping says what {object} of {connection} means."),
    "cannot_be_sent": N_("{field} cannot be sent: {why}."),
    "scaffold_not_a_name": N_("{name!r} cannot be a connector's name: use lower-case letters, digits and _."),
    "scaffold_taken": N_("{path} is there already. Nothing was written."),
    "scaffold_not_a_checkout": N_("{path} holds no connectors/kit. Run this in the top folder of the source."),
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
    # vendors
    "vendor_unreachable": N_("its address does not answer."),
    "vendor_unknown_host": N_("there is no such host."),
    "vendor_address_refused": N_("the address {host} is refused: {why}. Operators allow hosts with HUB_ALLOW_HOSTS=host:port."),
    "vendor_rate_limited": N_("it asks us to wait; we come again by ourselves."),
    "vendor_quota": N_("its quota is used up; we come again by ourselves."),
    "vendor_server_error": N_("it has a failure of its own; we come again by ourselves."),
    "vendor_not_json": N_("it answered something that is not JSON; nothing of it was used."),
    "vendor_token_refused": N_("it refuses our credentials. Enter new ones: `hub connections set NAME --env KEY=VAR`."),
    "vendor_bad_key": N_("it refuses our key. Enter a new one: `hub connections set NAME --env KEY=VAR`."),
    "vendor_missing_scope": N_("our credentials lack a scope: {scope}."),
    "vendor_scope_missing": N_("our credentials lack a scope: {scope}."),
    "ignored_by_vendor": N_("It answered yes and kept the value from before."),
}
