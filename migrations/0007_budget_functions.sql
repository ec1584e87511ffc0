-- What stands between an agent and its model has to be one round trip, and one transaction over up to four rows:
-- the day and the month of the agent, and those of the team. Both functions lock these rows in the order of their
-- key, so that no two calls can wait for each other.
--
-- Room is there as long as spent and reserved together lie below the limit: then the last call that is let through
-- overspends by its own ceiling at most, however many ask at once.
CREATE FUNCTION reserve_model_call(
  p_id text, p_agent text, p_instance text, p_provider text, p_model text, p_micro_usd bigint, p_tokens bigint,
  p_day timestamptz, p_month timestamptz, p_now timestamptz, p_expires timestamptz,
  -- In the order: agent daily, agent monthly, team daily, team monthly; null where there is no limit.
  p_usd_max bigint[], p_tokens_max bigint[], p_calls_max bigint[]
) RETURNS TABLE (
  granted boolean, subject text, period text, spent_micro_usd bigint, spent_tokens bigint, spent_calls bigint,
  reserved_micro_usd bigint, reserved_tokens bigint, reserved_calls bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  locked integer;
  has_room boolean;
BEGIN
  -- A crash of the server may forget the last reservations. The calls they were for have lost their orchestrator's
  -- connection with it, and are counted all the same when they are settled; so nobody has to wait for the disk here.
  PERFORM set_config('synchronous_commit', 'off', true);
  LOOP
    PERFORM FROM budget_accounts a
      WHERE (a.subject, a.period, a.starts_at) IN
        ((p_agent, 'daily', p_day), (p_agent, 'monthly', p_month), ('team', 'daily', p_day), ('team', 'monthly', p_month))
      ORDER BY a.subject, a.period FOR UPDATE;
    GET DIAGNOSTICS locked = ROW_COUNT;
    EXIT WHEN locked = 4;
    INSERT INTO budget_accounts (subject, period, starts_at)
      SELECT n.subject, n.period, n.starts_at
      FROM (VALUES (p_agent, 'daily', p_day), (p_agent, 'monthly', p_month), ('team', 'daily', p_day),
        ('team', 'monthly', p_month)) AS n (subject, period, starts_at)
      ORDER BY n.subject, n.period ON CONFLICT DO NOTHING;
  END LOOP;
  SELECT bool_and(
      (w.usd_max IS NULL OR a.spent_micro_usd + a.reserved_micro_usd < w.usd_max)
      AND (w.tokens_max IS NULL OR a.spent_tokens + a.reserved_tokens < w.tokens_max)
      AND (w.calls_max IS NULL OR a.spent_calls + a.reserved_calls < w.calls_max)
    ) INTO has_room
    FROM unnest(
      ARRAY[p_agent, p_agent, 'team', 'team'], ARRAY['daily', 'monthly', 'daily', 'monthly'],
      ARRAY[p_day, p_month, p_day, p_month], p_usd_max, p_tokens_max, p_calls_max
    ) AS w (subject, period, starts_at, usd_max, tokens_max, calls_max)
    JOIN budget_accounts a ON a.subject = w.subject AND a.period = w.period AND a.starts_at = w.starts_at;
  IF has_room THEN
    INSERT INTO budget_reservations (
      id, agent_type, instance_id, provider, model, micro_usd, tokens, day_starts_at, month_starts_at, created_at, expires_at
    ) VALUES (p_id, p_agent, p_instance, p_provider, p_model, p_micro_usd, p_tokens, p_day, p_month, p_now, p_expires);
    UPDATE budget_accounts a
      SET reserved_micro_usd = a.reserved_micro_usd + p_micro_usd, reserved_tokens = a.reserved_tokens + p_tokens,
        reserved_calls = a.reserved_calls + 1
      WHERE (a.subject, a.period, a.starts_at) IN
        ((p_agent, 'daily', p_day), (p_agent, 'monthly', p_month), ('team', 'daily', p_day), ('team', 'monthly', p_month));
  END IF;
  RETURN QUERY SELECT has_room, a.subject, a.period, a.spent_micro_usd, a.spent_tokens, a.spent_calls,
      a.reserved_micro_usd, a.reserved_tokens, a.reserved_calls
    FROM budget_accounts a
    WHERE (a.subject, a.period, a.starts_at) IN
      ((p_agent, 'daily', p_day), (p_agent, 'monthly', p_month), ('team', 'daily', p_day), ('team', 'monthly', p_month));
END $$;
--> statement-breakpoint
-- Records a call, gives its reservation back and counts what it used. Safe to repeat: the second time nothing is
-- counted, and no row is answered. A call that counts as lost may still be settled; what it used takes the place of
-- its ceiling.
CREATE FUNCTION settle_model_call(p_call model_calls, p_tokens bigint, p_calls bigint, p_day timestamptz, p_month timestamptz)
RETURNS TABLE (
  subject text, period text, spent_micro_usd bigint, spent_tokens bigint, spent_calls bigint,
  reserved_micro_usd bigint, reserved_tokens bigint, reserved_calls bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  held budget_reservations;
  settled integer;
  -- What is under way no more, and what was charged for it before.
  freed integer := 0;
  charged integer := 0;
BEGIN
  SELECT * INTO held FROM budget_reservations r WHERE r.id = p_call.id FOR UPDATE;
  IF held.id IS NOT NULL THEN
    charged := held.charged::integer;
    freed := 1 - charged;
  END IF;
  IF p_call.status = 'lost' THEN
    IF freed = 0 THEN RETURN; END IF;
    UPDATE budget_reservations r SET charged = true WHERE r.id = p_call.id;
  ELSE
    DELETE FROM budget_reservations r WHERE r.id = p_call.id;
  END IF;
  INSERT INTO model_calls SELECT p_call.*
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, input_tokens = excluded.input_tokens,
      output_tokens = excluded.output_tokens, cache_read_tokens = excluded.cache_read_tokens,
      cache_write_tokens = excluded.cache_write_tokens, cost_micro_usd = excluded.cost_micro_usd,
      attempts = excluded.attempts, first_token_ms = excluded.first_token_ms, duration_ms = excluded.duration_ms,
      error_code = excluded.error_code, prompt = excluded.prompt
    WHERE model_calls.status = 'lost';
  GET DIAGNOSTICS settled = ROW_COUNT;
  IF settled = 0 THEN RETURN; END IF;
  RETURN QUERY INSERT INTO budget_accounts AS a (subject, period, starts_at, spent_micro_usd, spent_tokens, spent_calls)
    SELECT n.subject, n.period, n.starts_at, p_call.cost_micro_usd, p_tokens, p_calls
    FROM (VALUES (p_call.agent_type, 'daily', p_day), (p_call.agent_type, 'monthly', p_month), ('team', 'daily', p_day),
      ('team', 'monthly', p_month)) AS n (subject, period, starts_at)
    ORDER BY n.subject, n.period
    ON CONFLICT (subject, period, starts_at) DO UPDATE SET
      spent_micro_usd = a.spent_micro_usd + excluded.spent_micro_usd - charged * coalesce(held.micro_usd, 0),
      spent_tokens = a.spent_tokens + excluded.spent_tokens - charged * coalesce(held.tokens, 0),
      spent_calls = a.spent_calls + excluded.spent_calls - charged,
      reserved_micro_usd = a.reserved_micro_usd - freed * coalesce(held.micro_usd, 0),
      reserved_tokens = a.reserved_tokens - freed * coalesce(held.tokens, 0),
      reserved_calls = a.reserved_calls - freed
    RETURNING a.subject, a.period, a.spent_micro_usd, a.spent_tokens, a.spent_calls, a.reserved_micro_usd,
      a.reserved_tokens, a.reserved_calls;
END $$;
