import type { Dataset, DatasetColumn } from '../datasets/dataset.js';

/**
 * Allowed ranges are those of the instruments, not of good running: every temperature in the real records (13 to 1024 °C)
 * passes, a broken thermocouple (-24 °C) does not.
 */
const THERMOCOUPLE_MINIMUM = 0;
const THERMOCOUPLE_MAXIMUM = 1100;

/** The demo dataset: 11 readings of a roasting machine, and the quality of its product. */
export const PRODUCT_QUALITY_DATASET: Dataset = {
  name: 'product_quality',
  description: 'Quality of the product of a five-zone roasting machine, from its layer height and ten thermocouples.',
  task: 'regression',
  features: [
    {
      name: 'h_data',
      type: 'number',
      description: 'Height of the raw material layer at the feed',
      minimum: 50,
      maximum: 300,
      nullable: false,
    },
    thermocouple(1, 1),
    thermocouple(1, 2),
    thermocouple(1, 3),
    thermocouple(2, 3),
    thermocouple(3, 1),
    thermocouple(3, 2),
    thermocouple(3, 3),
    thermocouple(5, 1),
    thermocouple(5, 2),
    thermocouple(5, 3),
  ],
  target: {
    name: 'quality',
    type: 'number',
    description: 'Laboratory index of the product that leaves the machine; higher is better',
    minimum: 0,
    maximum: 1000,
    nullable: false,
  },
  payloadKey: 'product_quality',
  timeColumns: [],
};

function thermocouple(zone: number, sensor: number): DatasetColumn {
  return {
    name: `t_data_${zone}_${sensor}`,
    type: 'number',
    unit: '°C',
    description: `Temperature in zone ${zone}, thermocouple ${sensor}`,
    minimum: THERMOCOUPLE_MINIMUM,
    maximum: THERMOCOUPLE_MAXIMUM,
    nullable: false,
  };
}
