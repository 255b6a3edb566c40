/** NOTIFY channel: a dataset has changed, and what was compiled for it should be made anew. */
export const DATASETS_CHANNEL = 'gits_datasets';
