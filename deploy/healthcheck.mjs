// HEALTHCHECK of the image: whether the role of this container can do its work. A role without a web server answers on its
// small port, the web server on its own.
const { GITS_HEALTH_PORT = '8001', GITS_PORT = '8000' } = process.env;

for (const port of [GITS_HEALTH_PORT, GITS_PORT]) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(4000) });
    if (answer.ok) process.exit(0);
    console.error(await answer.text());
  } catch (error) {
    console.error(`port ${port}: ${error.cause?.message ?? error.message}`);
  }
}
process.exit(1);
