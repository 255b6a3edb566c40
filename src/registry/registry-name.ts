/** Names of models, aliases and services: they stand in URLs, log lines and queue names. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
export const NAME_EXPECTATION = 'must be 1 to 100 letters, digits, "_", "." or "-", and begin with a letter or digit';
