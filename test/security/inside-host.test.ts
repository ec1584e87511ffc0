import { describeInside } from './inside.ts';

describeInside('host');
