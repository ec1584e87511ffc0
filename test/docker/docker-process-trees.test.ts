import { labels } from '../../src/orchestrator/platform/docker-names.ts';
import { describeHundredKills } from '../e2e/hundred-kills.ts';
import { teamIn } from '../support/database.ts';
import { describeDocker, docker, removeTeam, standInImage } from '../support/docker.ts';
import { testSubnets } from './docker-subject.ts';

describeDocker('process trees in containers', () => {
  describeHundredKills('docker', async (mark) => {
    const image = `boardroom-test-kin:${mark.slice(-12)}`;
    const [repo = '', tag = ''] = image.split(':');
    const parent = await docker.createContainer({ Image: await standInImage() });
    await parent.commit({ repo, tag, changes: `ENV ACT=pipes:${mark},kin:${mark}` });
    await parent.remove();
    return {
      environment: { AGENT_RUNTIME: 'docker', AGENT_IMAGE: image, AGENT_SUBNETS: testSubnets },
      pidOf: async (containerId) => (await docker.getContainer(containerId).inspect()).State.Pid,
      async remains({ databaseUrl }) {
        const label = [`${labels.team}=${await teamIn(databaseUrl)}`];
        return docker.listContainers({ all: true, filters: { label } });
      },
      async dispose({ databaseUrl }) {
        await removeTeam(await teamIn(databaseUrl));
        await docker.getImage(image).remove({ force: true });
      },
    };
  });
});
