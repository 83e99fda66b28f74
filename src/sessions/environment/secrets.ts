/** What stands for a value that may be a secret. */
export const WITHHELD = '(withheld)';

const SECRET_NAME = /pass|pwd|secret|token|communit|cred|key|auth|psk|licen[cs]e|login|cookie|signature|bearer/i;
/** Words with one of those in them that are settings. */
const HARMLESS = /passthr(?:ough|u)|bypass|passive|keep_?alived?|auth_type/gi;

/** Whether a name smells of a secret: what it names must not be shown. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name.replace(HARMLESS, ''));

const UUID = /^(?:[A-Z]+=)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ASSIGNED_SECRET =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|communit(?:y|ies)|credentials?|key|auth)[a-z_-]*\s*[=:]/i;

/** As long and as mixed as a generated key. */
const looksGenerated = (value: string): boolean =>
  /^[A-Za-z0-9+/_=.-]{24,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value) && !/^\/|\.\w{1,4}$/.test(value);

/** Whether a value has a form that secrets have: an address with an account, a URL, `password=...`, a long random word. */
export const isSecretValue = (value: string): boolean =>
  /@|:\/\//.test(value) || ASSIGNED_SECRET.test(value) || (!UUID.test(value) && looksGenerated(value));
