/** One heating zone of the machine. Temperatures in °C, times in seconds. */
export interface ZoneDesign {
  /** Temperature at which the zone runs on average. */
  nominal: number;
  /** Standard deviation of the set point's slow wander. */
  wander: number;
  /** Thermal lag: time constant of the first-order answer to a new set point. */
  lagSeconds: number;
  /** Cooling per % of moisture above the nominal. */
  moistureLoad: number;
  /** Cooling per unit of layer height above the nominal. */
  heightLoad: number;
  /** Mounting offsets of the three thermocouples. They belong to the machine, so they do not depend on the seed. */
  offsets: readonly [number, number, number];
}

/** Level and wander of the feed: moisture in %, layer height in the unit of the real data. */
export interface FeedDesign {
  nominal: number;
  wander: number;
}

export const ZONE_COUNT = 5;
export const THERMOCOUPLES_PER_ZONE = 3;
export const THERMOCOUPLE_COUNT = ZONE_COUNT * THERMOCOUPLES_PER_ZONE;

/** Levels and spreads follow one year of a real machine's hourly records. */
export const ZONES: readonly ZoneDesign[] = [
  { nominal: 252, wander: 27, lagSeconds: 720, moistureLoad: 3, heightLoad: 0.2, offsets: [4, -2, -3] },
  { nominal: 346, wander: 31, lagSeconds: 900, moistureLoad: 4, heightLoad: 0.3, offsets: [2, 5, -6] },
  { nominal: 498, wander: 46, lagSeconds: 1200, moistureLoad: 1.5, heightLoad: 0.3, offsets: [-9, 6, 4] },
  { nominal: 346, wander: 31, lagSeconds: 900, moistureLoad: 0, heightLoad: 0.2, offsets: [-4, 1, 3] },
  { nominal: 247, wander: 25, lagSeconds: 720, moistureLoad: 0, heightLoad: 0.1, offsets: [1, -3, 2] },
];

export const MOISTURE: FeedDesign = { nominal: 7.5, wander: 1 };
export const LAYER_HEIGHT: FeedDesign = { nominal: 172, wander: 12 };

/** Share of a neighbour zone's deviation that leaks over the wall. */
export const NEIGHBOUR_COUPLING = 0.06;

/** Autocorrelation times of the slow signals; the real set points forget half of a change in about four hours. */
export const SET_POINT_WANDER_SECONDS = 6 * 3600;
export const FEED_WANDER_SECONDS = 8 * 3600;
export const LOCAL_WANDER_SECONDS = 3 * 3600;

/** Uneven burners: standard deviation of one spot against its zone's mean, °C. */
export const LOCAL_WANDER = 9;
/** Standard deviation of one reading of a thermocouple, °C. */
export const THERMOCOUPLE_NOISE = 1.5;
/** Standard deviation of one laboratory result, in units of quality. */
export const LABORATORY_NOISE = 5;

/** How long the product stays in each zone. */
export const RESIDENCE_SECONDS = 600;
/** How long after the product has left the machine the laboratory reports its quality. */
export const LABORATORY_SECONDS = 2 * 3600;
