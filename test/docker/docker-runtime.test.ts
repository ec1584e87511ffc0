import { describeRuntime } from '../contract/runtime.ts';
import { describeDocker } from '../support/docker.ts';
import { makeDockerRuntime } from './docker-subject.ts';

describeDocker('docker', () => describeRuntime('docker runtime', makeDockerRuntime));
