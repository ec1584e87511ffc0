import { describeInside } from './inside.ts';

describeInside('container');
