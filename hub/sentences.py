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
}
