import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { AppError } from '../../contracts/errors.ts';
import type { AgentCaller } from '../gateway/identity.ts';
import type { SettingsReader } from '../settings/reader.ts';
import type { Payer } from './accounts.ts';
import { sendWhole } from './deliver.ts';
import type { Json } from './dialects/stream.ts';
import {
  type EmbeddingRequest,
  embeddingAnswerSchema,
  embeddingCeilingOf,
  usageOfEmbedding,
  vectorsOf,
} from './embeddings.ts';
import { UpstreamFailure } from './failure.ts';
import type { Guard } from './guard.ts';
import type { PayCall } from './paid-call.ts';
import { priceOf } from './prices.ts';
import { type ModelName, type Provider, splitModel } from './providers.ts';
import { choiceIsOurs, guess } from './routing.ts';
import { attend, type RunningCalls } from './running.ts';
import { type Answer, ask, type UpstreamTimes } from './upstream.ts';

interface Embedding {
  readonly caller: AgentCaller;
  readonly response: ServerResponse;
  readonly body: EmbeddingRequest;
}

interface Texts {
  /** `provider/model`. */
  readonly model: string;
  readonly texts: readonly string[];
  readonly payer: Payer;
  readonly signal: AbortSignal;
}

export type Embed = (embedding: Embedding) => Promise<void>;
/** A vector for each text, all of one length. Rejects with `UpstreamFailure`, or with `AppError` where there may be no call at all. */
export type EmbedTexts = (asked: Texts) => Promise<number[][]>;

interface Deps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly dispatcher: Dispatcher;
  readonly guard: Guard;
  readonly times: UpstreamTimes;
  readonly settings: SettingsReader;
  readonly pay: PayCall;
  readonly running: RunningCalls;
}

interface Call {
  readonly caller: Payer;
  readonly body: EmbeddingRequest;
  readonly signal: AbortSignal;
}

/** Texts as vectors. Another model's vectors are of no use beside the first one's: no call falls back. */
export function createEmbedding(deps: Deps): { embed: Embed; embedTexts: EmbedTexts } {
  const { providers, settings, running, pay } = deps;

  function find(asked: string): ModelName & { readonly at: Provider } {
    const wanted = choiceIsOurs.includes(asked) ? settings.read('knowledge.embedding_model') : asked;
    const name = splitModel(wanted) ?? guess(wanted);
    if (!name) {
      const because = wanted === '' ? 'knowledge.embedding_model names none' : 'name one as provider/model';
      throw new AppError('model_not_found', `model: "${asked.slice(0, 150)}" is not there; ${because}`);
    }
    const provider = providers.get(name.provider);
    if (provider?.embeddingsUrl !== undefined) return { ...name, at: { ...provider, url: provider.embeddingsUrl } };
    const able = [...providers.values()].flatMap((each) => (each.embeddingsUrl === undefined ? [] : [each.name]));
    const because = `${name.provider} is not set up, or has no embeddings; those that are and have: ${able.join(', ') || 'none'}`;
    throw new AppError('model_unavailable', because);
  }

  function answerTo({ caller, body, signal }: Call): Promise<Json> {
    const { at: provider, ...name } = find(body.model);
    const ceiling = embeddingCeilingOf(body);
    const asked = { provider, body: { ...body, model: name.model }, headers: {}, isStream: false, signal };
    return pay({
      name,
      caller,
      price: priceOf(name, settings.read('llm.prices')),
      ceiling,
      prompt: () => JSON.stringify(body.input),
      signal,
      attempt: () => ask(deps.dispatcher, asked, deps.times),
      async take(answer) {
        const json = jsonOf(provider, answer);
        return { usage: usageOfEmbedding(json) ?? ceiling, failure: undefined, value: json };
      },
    });
  }

  return {
    async embed({ caller, response, body }) {
      deps.guard({ body, caller });
      await attend({ running, instanceId: caller.instanceId, response }, async (signal) => {
        sendWhole(response, JSON.stringify(await answerTo({ caller, body, signal })));
      });
    },

    async embedTexts({ model, texts, payer, signal }) {
      const { over, end } = running.begin(payer.instanceId);
      try {
        const body = { model, input: [...texts], encoding_format: 'float' };
        const json = await answerTo({ caller: payer, body, signal: AbortSignal.any([signal, over.signal]) });
        const vectors = vectorsOf(json, texts.length);
        if (vectors) return vectors;
        throw new UpstreamFailure(
          'elsewhere',
          'malformed',
          `${model} answered with other than ${texts.length} vectors`,
        );
      } finally {
        end();
      }
    },
  };
}

function jsonOf({ name }: Provider, answer: Answer): Json {
  const parsed = embeddingAnswerSchema.safeParse(answer.kind === 'whole' ? answer.json : undefined);
  if (parsed.success) return parsed.data;
  throw new UpstreamFailure('elsewhere', 'malformed', `${name} answered with what are no embeddings`, {
    cause: parsed.error,
  });
}
