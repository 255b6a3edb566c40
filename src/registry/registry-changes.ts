/** NOTIFY channel: services, aliases or versions have changed, and workers should look again. */
export const REGISTRY_CHANNEL = 'gits_registry';
