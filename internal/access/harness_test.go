// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// spellings are the ways in which the documents leave the answers about privileges open.
func spellings() map[string]simulator.Readings {
	return map[string]simulator.Readings{
		"absent": {}, "null": {TypelessPrivilege: simulator.TypelessNull}, "empty": {TypelessPrivilege: simulator.TypelessEmpty},
		"ENABLE": {TypelessPrivilege: simulator.TypelessEnable, ReorderLists: true}, "nulls": {ExplicitNulls: true},
	}
}

func privilege(owner, domain, kind, target string) simulator.Privilege {
	return simulator.Privilege{Owner: owner, TargetDomain: domain, Type: kind, TargetID: target}
}

func exports(kind string) simulator.Privilege {
	return privilege("USAGE_ANALYTICS", "EXPORTS", kind, "*")
}

// object is a privilege as an answer has it.
func object(p simulator.Privilege) map[string]any {
	fields := map[string]any{"owner": p.Owner, "target_domain": p.TargetDomain, "type": nil, "target_id": p.TargetID}
	if p.Type != "" {
		fields["type"] = p.Type
	}
	return fields
}

// one finds the element of a set that has the field.
func one(t *testing.T, set any, field, value string) map[string]any {
	t.Helper()
	list, _ := set.([]any)
	for _, element := range list {
		if fields := element.(map[string]any); fields[field] == value {
			return fields
		}
	}
	t.Fatalf("there is no %s %s in %v", field, value, set)
	return nil
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

func succeeds(t *testing.T, seen acctest.Seen) acctest.Seen {
	t.Helper()
	if seen.Failed {
		t.Fatal(seen.Says)
	}
	return seen
}

func run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

func refused(config, sentence string) resource.TestStep {
	return resource.TestStep{Config: config, ExpectError: regexp.MustCompile(strings.Join(strings.Fields(regexp.QuoteMeta(sentence)), `[\s│]+`))}
}
