import { type Environment, SettingError } from '../config/environment.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './passwords.js';

const MIN_API_KEY_LENGTH = 24;

/** Checks the settings of access that have to be good before anything starts; throws SettingError. Shows no secret. */
export function checkAccessSettings(environment: Environment): void {
  const problems: string[] = [];
  const { adminPassword, apiKey, publicUrl } = environment;
  if (
    adminPassword !== '' &&
    (adminPassword.length < MIN_PASSWORD_LENGTH || adminPassword.length > MAX_PASSWORD_LENGTH)
  ) {
    problems.push(
      `GITS_ADMIN_PASSWORD must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters, but has ${adminPassword.length}.`,
    );
  }
  if (apiKey !== '' && apiKey.length < MIN_API_KEY_LENGTH) {
    problems.push(`GITS_API_KEY must have at least ${MIN_API_KEY_LENGTH} characters, but has ${apiKey.length}.`);
  }
  if (!/^[\x21-\x7e]*$/.test(apiKey)) {
    problems.push('GITS_API_KEY must consist of ASCII characters without spaces: it is sent in an HTTP header.');
  }
  if (publicUrl !== '' && !isWebUrl(publicUrl)) {
    problems.push(
      `GITS_PUBLIC_URL must be a URL such as https://gits.example.com, but is ${JSON.stringify(publicUrl)}.`,
    );
  }
  if (problems.length > 0) throw new SettingError(problems.join('\n'));
}

function isWebUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}
