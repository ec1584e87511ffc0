import { describe, expect, it } from 'vitest';
import { addressesOf, createNeighbours } from '../../src/orchestrator/gateway/neighbours.ts';

describe('the addresses of a network', () => {
  const holds = addressesOf('10.231.0.8/29');
  it.each([
    ['10.231.0.8', true],
    ['10.231.0.15', true],
    ['::ffff:10.231.0.10', true],
    ['10.231.0.7', false],
    ['10.231.0.16', false],
    ['127.0.0.1', false],
    ['::1', false],
    ['', false],
    ['not an address', false],
  ])('%s: %s', (address, expected) => expect(holds(address)).toBe(expected));
});

describe('the neighbours of the gateway', () => {
  it('are told apart by their networks', () => {
    const neighbours = createNeighbours();
    neighbours.know('ceo', '10.231.0.0/29');
    neighbours.know('dao', '10.231.0.8/29');
    expect(['10.231.0.2', '10.231.0.10', '10.231.0.18', undefined].map(neighbours.agentAt)).toEqual([
      'ceo',
      'dao',
      undefined,
      undefined,
    ]);
  });

  it('a network that was made anew, and that which another gets after it, belong to one each', () => {
    const neighbours = createNeighbours();
    neighbours.know('ceo', '10.231.0.0/29');
    neighbours.know('ceo', '10.231.0.8/29');
    expect(neighbours.agentAt('10.231.0.2')).toBeUndefined();
    neighbours.know('dao', '10.231.0.8/29');
    expect(neighbours.agentAt('10.231.0.10')).toBe('dao');
  });
});
