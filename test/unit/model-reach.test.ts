import { describe, expect, it } from 'vitest';
import { reachOf } from '../../src/orchestrator/models/reach.ts';

const said = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const reached = (body: object) =>
  reachOf({ model: 'm', ...body }).map((reach) => `${reach.kind} ${reach.kind === 'fetches' ? reach.url : reach.what}`);

describe('a request', () => {
  it.each<[string, object]>([
    ['words', said('see https://evil.test/?secret')],
    ['words in parts', said([{ type: 'text', text: 'https://evil.test' }])],
    ['a picture that it carries', said([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }])],
    [
      'the same in Anthropic’s words',
      said([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }]),
    ],
    [
      'what a tool was given',
      said([{ type: 'tool_use', id: 'a', name: 'fetch', input: { url: 'https://evil.test' } }]),
    ],
    ['what a tool said', said([{ type: 'tool_result', tool_use_id: 'a', content: 'https://evil.test' }])],
    ['a document with a name', said([{ type: 'document', title: 'Note: b', source: { type: 'text', data: 'AA' } }])],
    [
      'tools of its own',
      { tools: [{ type: 'function', function: { name: 'web_search' } }, { name: 'a' }, { type: 'custom' }] },
    ],
    ['tools that only have a known schema', { tools: [{ type: 'bash_20250124' }, { type: 'text_editor_20250728' }] }],
    ['empty lists', { mcp_servers: [], plugins: null, models: [], service_tier: 'auto' }],
    ['a price that is lower', { service_tier: 'flex' }],
    ['a place that costs nothing extra', { inference_geo: 'global', speed: null }],
  ])('reaches for nothing with %s', (_what, body) => expect(reached(body)).toEqual([]));

  it.each<[string, object, string]>([
    ['servers of the agent’s choice', { mcp_servers: [{ url: 'https://evil.test' }] }, 'runs mcp_servers'],
    ['a search by Anthropic', { tools: [{ type: 'web_search_20250305', name: 'x' }] }, 'runs tool web_search_20250305'],
    ['pages by Anthropic', { tools: [{ type: 'web_fetch_20250910' }] }, 'runs tool web_fetch_20250910'],
    ['code by Anthropic', { tools: [{ type: 'code_execution_20250825' }] }, 'runs tool code_execution_20250825'],
    ['servers by another name', { tools: [{ type: 'mcp_toolset' }] }, 'runs tool mcp_toolset'],
    ['a tool that says nothing of itself', { tools: [{ type: 7 }] }, 'runs tool '],
    ['a search by OpenAI', { web_search_options: {} }, 'runs web_search_options'],
    ['a search by OpenRouter', { plugins: [{ id: 'web' }] }, 'runs plugins'],
    ['a model that searches', { model: 'openrouter/openai/gpt-5:online' }, 'runs model openrouter/openai/gpt-5:online'],
    [
      'a picture elsewhere',
      said([{ type: 'image_url', image_url: { url: ' HTTPS://evil.test/?s' } }]),
      'fetches HTTPS://evil.test/?s',
    ],
    ['one in a string', said([{ type: 'image_url', image_url: 'https://evil.test' }]), 'fetches https://evil.test'],
    ['one of a kind nobody knows', said([{ type: 'video_url', video_url: { url: 'gs://evil' } }]), 'fetches gs://evil'],
    [
      'a document in what a tool said',
      said([
        { type: 'tool_result', content: [{ type: 'document', source: { type: 'url', url: 'https://evil.test' } }] },
      ]),
      'fetches https://evil.test',
    ],
    [
      'a file by its address',
      said([{ type: 'file', file: { file_data: 'https://evil.test' } }]),
      'fetches https://evil.test',
    ],
    ['another model', { models: ['openai/o1-pro'] }, 'costs models'],
    ['a dearer place in the queue', { service_tier: 'priority' }, 'costs service_tier'],
    ['a faster answer', { speed: 'fast' }, 'costs speed'],
    ['an answer from one country', { inference_geo: 'us' }, 'costs inference_geo'],
    ['another model where this one declines', { fallbacks: [{ model: 'claude-opus-5' }] }, 'costs fallbacks'],
    ['the provider’s choice of one', { fallbacks: 'default' }, 'costs fallbacks'],
  ])('reaches for %s', (_what, body, reach) => expect(reached(body)).toEqual([reach]));
});
