// Writes the rows on which the starter model was trained: `npm run build`, then
//   node models/product_quality/make-training-rows.mjs [file] [rows] [seed]
// The same arguments give the same bytes; card.json holds their SHA-256.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { PRODUCT_QUALITY_DATASET } from '../../dist/src/simulator/product-quality-dataset.js';
import { RoasterSimulator } from '../../dist/src/simulator/roaster-simulator.js';

const [file = 'training-rows.csv', rows = '25288', seed = '2015'] = process.argv.slice(2);
const simulator = new RoasterSimulator({ seed: Number(seed), scenario: 'steady' });
const { features, target } = PRODUCT_QUALITY_DATASET;

const lines = [[...features.map(({ name }) => name), target.name].join(',')];
for (let i = 0; i < Number(rows); i++) {
  const row = simulator.next();
  lines.push([...row.features, row.quality].join(','));
}
const text = lines.join('\n') + '\n';
writeFileSync(file, text);
console.log(`${file}: ${rows} rows, seed ${seed}, SHA-256 ${createHash('sha256').update(text).digest('hex')}`);
