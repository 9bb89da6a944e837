// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const header = `terraform {
  required_providers {
    coveo = { source = "coveo-privacy/coveo" }
  }
}
`

// table collects the rows.
type table struct{ strings.Builder }

func (t *table) row(what string, latency string, m, floor measured, remark string) {
	requests, ratio := "–", "1.0"
	if m.requests != nil {
		requests = fmt.Sprint(len(m.requests))
	}
	if floor.wall > 0 {
		ratio = fmt.Sprintf("%.2f", m.wall.Seconds()/floor.wall.Seconds())
	}
	fmt.Fprintf(&t.Builder, "| %s | %s | %s | %s | %s | %s | %s |\n", what, latency, requests, seconds(m.wall), ratio, seconds(m.cpu), remark)
}

// measure runs everything, and returns the table.
func (b *bench) measure(ctx context.Context) (string, error) {
	var t table
	if b.keys+b.cases == 0 && !b.scanning {
		return "", nil
	}
	t.WriteString("| what | latency | requests | wall time | × floor | CPU time | remark |\n| --- | --- | ---: | ---: | ---: | ---: | --- |\n")
	if b.keys > 0 {
		if err := b.measureKeys(ctx, &t); err != nil {
			return "", err
		}
	}
	if b.cases > 0 {
		if err := b.measureErasures(ctx, &t); err != nil {
			return "", err
		}
	}
	if b.scanning {
		if err := b.measureScanning(ctx, &t); err != nil {
			return "", err
		}
	}
	return t.String(), nil
}

// floor is what Terraform itself takes for as many instances.
func (b *bench) floor(ctx context.Context, n int) (cost, error) {
	w, err := b.workspace(fmt.Sprintf("resource \"terraform_data\" \"floor\" {\n  count = %d\n  input = \"bench-${count.index}\"\n}\n", n), nil)
	if err != nil {
		return cost{}, err
	}
	return w.cycle(ctx)
}

func (b *bench) measureKeys(ctx context.Context, t *table) error {
	floor, err := b.floor(ctx, b.keys)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%d `terraform_data`: ", b.keys)
	t.row(what+"apply", "–", floor.apply, measured{}, "the floor")
	t.row(what+"plan, unchanged", "–", floor.again, measured{}, "the floor")
	t.row(what+"plan `-refresh=false`", "–", floor.blind, measured{}, "the floor")
	for _, latency := range b.latencies {
		organization, env, stop, err := b.organization(ctx, latency)
		if err != nil {
			return err
		}
		w, err := b.workspace(header+fmt.Sprintf(`
provider "coveo" {
  requests_per_second = %d
}

resource "coveo_api_key" "bench" {
  count        = %d
  display_name = "bench-${count.index}"
  duties       = ["overview"]
}
`, platformRate, b.keys), organization, env...)
		if err != nil {
			stop()
			return err
		}
		c, err := w.cycle(ctx)
		stop()
		if err != nil {
			return err
		}
		what := fmt.Sprintf("%d `coveo_api_key`: ", b.keys)
		t.row(what+"apply", latency.String(), c.apply, floor.apply, "")
		t.row(what+"plan, unchanged", latency.String(), c.again, floor.again, goal(c.again.wall.Seconds()/floor.again.wall.Seconds(), 1.3)+
			fmt.Sprintf("; %.2f × the same with `-refresh=false`", c.again.wall.Seconds()/c.blind.wall.Seconds()))
		t.row(what+"plan `-refresh=false`", latency.String(), c.blind, floor.blind, "no request: what a plugin with this schema costs")
	}
	return nil
}

func goal(ratio, limit float64) string {
	if ratio <= limit {
		return fmt.Sprintf("goal: at most %.1f: met", limit)
	}
	return fmt.Sprintf("goal: at most %.1f: missed", limit)
}

func (b *bench) measureErasures(ctx context.Context, t *table) error {
	floor, err := b.floor(ctx, b.cases)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%d `terraform_data`: ", b.cases)
	t.row(what+"plan", "–", floor.plan, measured{}, "the floor")
	t.row(what+"apply", "–", floor.apply, measured{}, "the floor")
	for _, latency := range b.latencies {
		if err := b.erase(ctx, t, latency, floor); err != nil {
			return err
		}
		if err := b.curl(ctx, t, latency, floor); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) erase(ctx context.Context, t *table, latency time.Duration, floor cost) error {
	organization, env, stop, err := b.organization(ctx, latency)
	if err != nil {
		return err
	}
	defer stop()
	w, err := b.workspace(header+fmt.Sprintf(`
provider "coveo" {
  analytics_requests_per_second = %g
  erasure = {
    max_per_run = %d
  }
}

resource "coveo_user_data_deletion" "bench" {
  count                    = %[2]d
  subject                  = format("DSR-2026-%%04d", count.index)
  max_events               = 10
  acknowledge_irreversible = true
}
`, b.rate, b.cases), organization, env...)
	if err != nil {
		return err
	}
	c, err := w.cycle(ctx)
	if err != nil {
		return err
	}
	if got := organization.TotalDeletions(); got != b.cases {
		return fmt.Errorf("%d deletions were asked for, and %d were meant", got, b.cases)
	}
	what := fmt.Sprintf("%d `coveo_user_data_deletion`: ", b.cases)
	t.row(what+"plan", latency.String(), c.plan, floor.plan, b.pace(c.plan, "one look each"))
	t.row(what+"apply", latency.String(), c.apply, floor.apply, b.pace(c.apply, "a look and a deletion each")+b.rateGoal(c.apply))
	return nil
}

// pace says how fast a command's requests were.
func (b *bench) pace(m measured, what string) string {
	perSecond, share := b.share(m)
	return fmt.Sprintf("%s; %.1f requests/s, %.0f %% of the allowed rate", what, perSecond, 100*share)
}

func (b *bench) rateGoal(m measured) string {
	if _, share := b.share(m); share >= 0.95 {
		return " (goal: at least 95 %: met)"
	}
	return " (goal: at least 95 %: missed)"
}

// curl is the way without a provider: one process for each person, who stands in the plan.
func (b *bench) curl(ctx context.Context, t *table, latency time.Duration, floor cost) error {
	what := fmt.Sprintf("%d `curl` in `local-exec`: apply", b.cases)
	if _, err := exec.LookPath("curl"); err != nil {
		fmt.Fprintf(&t.Builder, "| %s | %s | – | – | – | – | skipped: curl is not on PATH |\n", what, latency)
		return nil
	}
	organization, env, stop, err := b.organization(ctx, latency)
	if err != nil {
		return err
	}
	defer stop()
	w, err := b.workspace(fmt.Sprintf(`
resource "terraform_data" "erase" {
  count = %d
  input = format("person-%%04d@example.com-google", count.index)

  provisioner "local-exec" {
    command = <<-EOT
      curl --silent --show-error --fail --output /dev/null --request DELETE \
        --header "Authorization: Bearer $COVEO_ACCESS_TOKEN" \
        "$COVEO_PLATFORM_URL/rest/ua/v15/users/${urlencode(self.input)}/alldata?org=$COVEO_ORGANIZATION_ID"
    EOT
  }
}
`, b.cases), organization, env...)
	if err != nil {
		return err
	}
	c, err := w.cycle(ctx)
	if err != nil {
		return err
	}
	if got := organization.TotalDeletions(); got != b.cases {
		return fmt.Errorf("curl: %d deletions were asked for, and %d were meant", got, b.cases)
	}
	t.row(what, latency.String(), c.apply, floor.apply, "a deletion each; no preview, no gate, no limit, no record")
	return nil
}
