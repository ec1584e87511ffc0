// Asks /health again and again from a thread of its own, so that the test's own work is not measured along.
import { request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const took = [];
let stopping = false;
parentPort.on('message', () => {
  stopping = true;
});

const ask = (url) =>
  new Promise((resolve) => {
    const since = performance.now();
    request(`${url}/health`, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode, ms: performance.now() - since }));
    })
      .on('error', () => resolve({ status: 0, ms: performance.now() - since }))
      .end();
  });

while (!stopping) {
  took.push(await ask(workerData));
  await new Promise((resolve) => setTimeout(resolve, 5));
}
parentPort.postMessage(took);
