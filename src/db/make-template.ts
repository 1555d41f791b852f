import { makeTemplate } from './data-folder.ts';

/** Run by the build, so that a first start copies an empty database instead of making one. */
const outcome = await makeTemplate();
process.stdout.write(`The empty database to start from: ${outcome}\n`);
