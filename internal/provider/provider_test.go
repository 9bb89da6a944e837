// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const (
	digestKey = "0123456789abcdef0123456789abcdef"
	otherKey  = "fedcba9876543210fedcba9876543210"
)

// unknown stands for a value that is known only after apply.
type unknown struct{}

// block is a provider block: attributes that are not named are null.
type block map[string]any

// host is the plugin as Terraform sees it, without Terraform: values can be unknown, and paths be looked at.
type host struct {
	t      *testing.T
	server tfprotov6.ProviderServer
	shape  tftypes.Object
}

func newHost(t *testing.T) *host {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "COVEO_") && name != "COVEO_OPENAPI_DIR" {
			t.Setenv(name, "")
		}
	}
	h := &host{t: t, server: providerserver.NewProtocol6(provider.New("test")())()}
	schema, err := h.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	h.shape = schema.Provider.ValueType().(tftypes.Object)
	return h
}

func value(t *testing.T, kind tftypes.Type, given any) tftypes.Value {
	t.Helper()
	switch v := given.(type) {
	case nil:
		return tftypes.NewValue(kind, nil)
	case unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case map[string]any:
		elements := map[string]tftypes.Value{}
		switch k := kind.(type) {
		case tftypes.Object:
			for name, inner := range k.AttributeTypes {
				elements[name] = value(t, inner, v[name])
			}
		case tftypes.Map:
			for name, inner := range v {
				elements[name] = value(t, k.ElementType, inner)
			}
		}
		return tftypes.NewValue(kind, elements)
	case []any:
		var elements []tftypes.Value
		for _, inner := range v {
			elements = append(elements, value(t, kind.(tftypes.Set).ElementType, inner))
		}
		return tftypes.NewValue(kind, elements)
	}
	return tftypes.NewValue(kind, given)
}

// configure validates a block and, where that finds no error, configures the provider, as Terraform does.
func (h *host) configure(b block) []*tfprotov6.Diagnostic {
	h.t.Helper()
	config, err := tfprotov6.NewDynamicValue(h.shape, value(h.t, h.shape, map[string]any(b)))
	if err != nil {
		h.t.Fatal(err)
	}
	validated, err := h.server.ValidateProviderConfig(h.t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: &config})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, d := range validated.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return validated.Diagnostics
		}
	}
	configured, err := h.server.ConfigureProvider(h.t.Context(), &tfprotov6.ConfigureProviderRequest{Config: &config})
	if err != nil {
		h.t.Fatal(err)
	}
	return append(validated.Diagnostics, configured.Diagnostics...)
}

// lines are diagnostics as "Severity path: summary: detail".
func lines(diagnostics []*tfprotov6.Diagnostic) string {
	var out []string
	for _, d := range diagnostics {
		at := ""
		if d.Attribute != nil {
			at = strings.NewReplacer("AttributeName(\"", "", "\")", "", "ElementKeyString(\"", "").Replace(d.Attribute.String())
		}
		out = append(out, fmt.Sprintf("%s %s: %s: %s", d.Severity, at, d.Summary, d.Detail))
	}
	return strings.Join(out, "\n")
}

// with is a good block with these attributes set or, where nil, left out.
func with(changes block) block {
	b := block{"organization_id": "acmeprod1a2b3c", "access_token": "xxtoken"}
	maps.Copy(b, changes)
	return b
}

func vaultFile(t *testing.T, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "subjects.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProviderBlock_GoodOnesSayNothing(t *testing.T) {
	for name, b := range map[string]block{
		"least":            with(nil),
		"unknown token":    with(block{"access_token": unknown{}}),
		"every region":     with(block{"region": "eu", "environment": "hipaa"}),
		"URLs":             with(block{"platform_url": "http://127.0.0.1:8080", "analytics_url": "https://analytics.cloud.coveo.com/rest/ua"}),
		"pace":             with(block{"requests_per_second": 0.5, "analytics_requests_per_second": 100.0, "max_retries": 0, "request_timeout": "1m30s"}),
		"digest key":       with(block{"digest_keys": map[string]any{"2026": digestKey}}),
		"two digest keys":  with(block{"digest_keys": map[string]any{"2025": otherKey, "2026": digestKey}, "digest_key_id": "2026"}),
		"subjects":         with(block{"subjects": map[string]any{"DSR-1": []any{"a", "b"}}}),
		"vault of nobody":  with(block{"subjects": map[string]any{}}),
		"file":             with(block{"subjects_file": vaultFile(t, `{"DSR-1":["a"]}`, 0o600)}),
		"erasure":          with(block{"erasure": map[string]any{"max_per_run": 0, "simulate": true, "blocked": "error"}}),
		"empty erasure":    with(block{"erasure": map[string]any{}}),
		"unreadable vault": with(block{"subjects_file": "/nowhere/subjects.json"}),
		"unknown vault":    with(block{"subjects": unknown{}}),
		"unknown file":     with(block{"subjects_file": unknown{}}),
		"unknown digests":  with(block{"digest_keys": unknown{}}),
	} {
		t.Run(name, func(t *testing.T) {
			if got := lines(newHost(t).configure(b)); got != "" {
				t.Error(got)
			}
		})
	}
}

func TestProviderBlock_BadInputIsRefusedAtItsAttribute(t *testing.T) {
	for name, test := range map[string]struct {
		block block
		at    string
		says  []string
		env   map[string]string
	}{
		"no organization":       {block: with(block{"organization_id": nil}), at: "organization_id", says: []string{"Set organization_id, or COVEO_ORGANIZATION_ID"}},
		"empty organization":    {block: with(block{"organization_id": ""}), at: "organization_id", says: []string{"at least 1"}},
		"no token":              {block: with(block{"access_token": nil}), at: "access_token", says: []string{"Set COVEO_ACCESS_TOKEN", "OAuth 2.0 token"}},
		"empty token":           {block: with(block{"access_token": ""}), at: "access_token", says: []string{"at least 1"}},
		"token with a line end": {block: with(block{"access_token": "xxcanary\n"}), at: "access_token", says: []string{"line break", "without the word Bearer"}},
		"token from a file":     {block: with(block{"access_token": nil}), env: map[string]string{"COVEO_ACCESS_TOKEN": "Bearer xxcanary"}, at: "access_token", says: []string{"COVEO_ACCESS_TOKEN", "Bearer"}},
		"region":                {block: with(block{"region": "mars"}), at: "region", says: []string{`"us" "eu" "au" "ca"`, `"mars"`}},
		"region in capitals":    {block: with(block{"region": "EU"}), at: "region", says: []string{`"eu"`}},
		"region of the process": {block: with(nil), env: map[string]string{"COVEO_REGION": "mars"}, at: "region", says: []string{"region (COVEO_REGION) must be one of us, eu, au, ca", `"mars"`}},
		"environment":           {block: with(block{"environment": "staging"}), at: "environment", says: []string{`"production" "hipaa"`}},
		"environment variable":  {block: with(nil), env: map[string]string{"COVEO_ENVIRONMENT": "dev"}, at: "environment", says: []string{"COVEO_ENVIRONMENT", "production, hipaa"}},
		"open http":             {block: with(block{"platform_url": "http://platform.example.com"}), at: "platform_url", says: []string{"write https://platform.example.com", "loopback"}},
		"open http analytics":   {block: with(block{"analytics_url": "http://a.example.com/rest/ua"}), at: "analytics_url", says: []string{"loopback"}},
		"platform with a path":  {block: with(block{"platform_url": "https://platform.example.com/rest"}), at: "platform_url", says: []string{`the path "/rest"`, "scheme and the host only"}},
		"platform that is none": {block: with(block{"platform_url": "platform.example.com"}), at: "platform_url", says: []string{"not an absolute URL", "https://platform.cloud.coveo.com"}},
		"platform variable":     {block: with(nil), env: map[string]string{"COVEO_PLATFORM_URL": "http://platform.example.com"}, at: "platform_url", says: []string{"COVEO_PLATFORM_URL", "loopback"}},
		"analytics, no path":    {block: with(block{"analytics_url": "https://analytics.cloud.coveo.com"}), at: "analytics_url", says: []string{"https://analytics.cloud.coveo.com/rest/ua"}},
		"analytics variable":    {block: with(nil), env: map[string]string{"COVEO_ANALYTICS_URL": "https://a.example.com"}, at: "analytics_url", says: []string{"COVEO_ANALYTICS_URL", "no path"}},
		"password in a URL":     {block: with(block{"platform_url": "https://me:canary@platform.example.com"}), at: "platform_url", says: []string{"no user name"}},
		"timeout in words":      {block: with(block{"request_timeout": "half a minute"}), at: "request_timeout", says: []string{"between 1s and 1h", "1m30s"}},
		"timeout as ISO 8601":   {block: with(block{"request_timeout": "PT30S"}), at: "request_timeout", says: []string{"Go's form"}},
		"timeout without unit":  {block: with(block{"request_timeout": "30"}), at: "request_timeout", says: []string{"30s"}},
		"timeout of nothing":    {block: with(block{"request_timeout": "0s"}), at: "request_timeout", says: []string{"between 1s"}},
		"timeout of a day":      {block: with(block{"request_timeout": "24h"}), at: "request_timeout", says: []string{"1h"}},
		"rate of nothing":       {block: with(block{"requests_per_second": 0.0}), at: "requests_per_second", says: []string{"between 0.01"}},
		"negative rate":         {block: with(block{"analytics_requests_per_second": -1.0}), at: "analytics_requests_per_second", says: []string{"between 0.01"}},
		"rate without end":      {block: with(block{"requests_per_second": 1e9}), at: "requests_per_second", says: []string{"10000"}},
		"negative retries":      {block: with(block{"max_retries": -1}), at: "max_retries", says: []string{"between 0 and 20"}},
		"retries without end":   {block: with(block{"max_retries": 21}), at: "max_retries", says: []string{"between 0 and 20"}},
		"two vaults":            {block: with(block{"subjects": map[string]any{}, "subjects_file": "x.json"}), at: "subjects", says: []string{"Both subjects_file and subjects", "Keep one"}},
		"two, one unknown":      {block: with(block{"subjects": unknown{}, "subjects_file": "x.json"}), at: "subjects", says: []string{"Keep one"}},
		"short digest key":      {block: with(block{"digest_keys": map[string]any{"2026": "canary-canary-canary"}}), at: "digest_keys", says: []string{"key 2026 has 20 bytes; at least 32", "openssl rand -hex 32"}},
		"null digest key":       {block: with(block{"digest_keys": map[string]any{"2026": nil}}), at: "digest_keys", says: []string{"key 2026 has 0 bytes"}},
		"digest key's name":     {block: with(block{"digest_keys": map[string]any{"20:26": digestKey}}), at: "digest_keys", says: []string{"ID must start", "such as 2026"}},
		"two without a choice":  {block: with(block{"digest_keys": map[string]any{"a": digestKey, "b": otherKey}}), at: "digest_key_id", says: []string{"there are 2 keys; say with digest_key_id"}},
		"choice of none":        {block: with(block{"digest_keys": map[string]any{"a": digestKey}, "digest_key_id": "b"}), at: "digest_key_id", says: []string{`names "b", which is none of the keys a`}},
		"digests are no JSON":   {block: with(nil), env: map[string]string{"COVEO_DIGEST_KEYS": "canary"}, at: "digest_keys", says: []string{`COVEO_DIGEST_KEYS is not a JSON object of texts, such as {"2026"`}},
		"digests of numbers":    {block: with(nil), env: map[string]string{"COVEO_DIGEST_KEYS": `{"2026":"canary","2025":7}`}, at: "digest_keys", says: []string{"not a JSON object of texts"}},
		"digests of a list":     {block: with(nil), env: map[string]string{"COVEO_DIGEST_KEYS": `["canary"]`}, at: "digest_keys", says: []string{"not a JSON object of texts"}},
		"digests, trailing":     {block: with(nil), env: map[string]string{"COVEO_DIGEST_KEYS": `{} canary`}, at: "digest_keys", says: []string{"not a JSON object of texts"}},
		"digests too short":     {block: with(nil), env: map[string]string{"COVEO_DIGEST_KEYS": `{"2026":"canary"}`}, at: "digest_keys", says: []string{"6 bytes"}},
		"negative limit":        {block: with(block{"erasure": map[string]any{"max_per_run": -1}}), at: "erasure.max_per_run", says: []string{"at least 0"}},
		"blocked":               {block: with(block{"erasure": map[string]any{"blocked": "skip"}}), at: "erasure.blocked", says: []string{`"wait" "error"`}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			for variable, text := range test.env {
				t.Setenv(variable, text)
			}
			got := lines(h.configure(test.block))
			if strings.Count(got, "ERROR ") != 1 || !strings.HasPrefix(got, "ERROR "+test.at+":") {
				t.Errorf("want one error at %s, got:\n%s", test.at, got)
			}
			for _, part := range test.says {
				if !strings.Contains(got, part) {
					t.Errorf("it does not say %q:\n%s", part, got)
				}
			}
			if strings.Contains(got, "canary") {
				t.Errorf("it shows a secret:\n%s", got)
			}
		})
	}
}

func TestProviderBlock_OnlyTheTokenAndThePeopleMayBeUnknown(t *testing.T) {
	for _, name := range []string{
		"organization_id", "region", "environment", "platform_url", "analytics_url", "requests_per_second", "analytics_requests_per_second",
		"max_retries", "request_timeout", "erasure",
	} {
		got := lines(newHost(t).configure(with(block{name: unknown{}})))
		if strings.Count(got, "ERROR ") != 1 || !strings.HasPrefix(got, "ERROR "+name+": Setting not known at plan") || !strings.Contains(got, "Only access_token may") {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, name := range []string{"max_per_run", "simulate", "blocked"} {
		got := lines(newHost(t).configure(with(block{"erasure": map[string]any{name: unknown{}}})))
		if strings.Count(got, "ERROR ") != 1 || !strings.HasPrefix(got, "ERROR erasure."+name+": ") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestProviderBlock_VaultThatOthersCanReadGetsAWarning(t *testing.T) {
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o640: true, 0o644: true} {
		path := vaultFile(t, `{"DSR-1":["canary@example.com"]}`, mode)
		fromEnvironment := newHost(t)
		t.Setenv("COVEO_SUBJECTS_FILE", path)
		for _, got := range []string{lines(fromEnvironment.configure(with(nil))), lines(newHost(t).configure(with(block{"subjects_file": path})))} {
			if strings.HasPrefix(got, "WARNING subjects_file: Vault readable by others") != warned || warned != strings.Contains(got, "chmod 600 "+path) || strings.Contains(got, "canary") {
				t.Errorf("%04o: %s", mode, got)
			}
			t.Setenv("COVEO_SUBJECTS_FILE", path)
		}
	}
}

// overview reads coveo_user_overview through the configured provider, and returns what is said.
func (h *host) overview(arguments map[string]any) string {
	h.t.Helper()
	schemas, err := h.server.GetProviderSchema(h.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		h.t.Fatal(err)
	}
	kind := schemas.DataSourceSchemas["coveo_user_overview"].ValueType()
	config, err := tfprotov6.NewDynamicValue(kind, value(h.t, kind, arguments))
	if err != nil {
		h.t.Fatal(err)
	}
	read, err := h.server.ReadDataSource(h.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "coveo_user_overview", Config: &config})
	if err != nil {
		h.t.Fatal(err)
	}
	return lines(read.Diagnostics)
}

func TestEnvironment_IsUsedWhereAttributesAreAbsentOnly(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	vault := vaultFile(t, `{"DSR-1":["from-the-environment"]}`, 0o600)
	environment := func(t *testing.T) {
		t.Setenv("COVEO_ORGANIZATION_ID", server.ID())
		t.Setenv("COVEO_ACCESS_TOKEN", simulator.AdminToken)
		t.Setenv("COVEO_PLATFORM_URL", server.URL)
		t.Setenv("COVEO_REGION", "eu")
		t.Setenv("COVEO_SUBJECTS_FILE", vault)
		t.Setenv("COVEO_DIGEST_KEYS", fmt.Sprintf(`{"2026":%q}`, digestKey))
	}
	bySubject := map[string]any{"subject": "DSR-1"}
	for name, test := range map[string]struct {
		block      block
		configured string // what configuring says
		says       string // what a look says; "" for success
		asked      string // who is looked up
	}{
		"all of it":              {block: block{}, asked: "from-the-environment"},
		"vault of the block":     {block: block{"subjects": map[string]any{"DSR-1": []any{"from-the-block"}}}, asked: "from-the-block"},
		"file of the block":      {block: block{"subjects_file": vaultFile(t, `{"DSR-1":["from-a-file"]}`, 0o600)}, asked: "from-a-file"},
		"token of the block":     {block: block{"access_token": "xxbad"}, says: "invalid or expired", asked: "from-the-environment"},
		"unknown token":          {block: block{"access_token": unknown{}}, says: "depends_on"},
		"unknown vault":          {block: block{"subjects": unknown{}}, says: "vault is not known yet"},
		"unknown file":           {block: block{"subjects_file": unknown{}}, says: "vault is not known yet"},
		"unknown identifier":     {block: block{"subjects": map[string]any{"DSR-1": []any{unknown{}}}}, says: "vault is not known yet"},
		"unknown case":           {block: block{"subjects": map[string]any{"DSR-1": unknown{}}}, says: "vault is not known yet"},
		"null case":              {block: block{"subjects": map[string]any{"DSR-1": nil}}, says: "case DSR-1 has no identifier"},
		"unknown digest keys":    {block: block{"digest_keys": unknown{}}, says: "digest_keys are not known yet"},
		"unknown digest key":     {block: block{"digest_keys": map[string]any{"2026": unknown{}}}, says: "digest_keys are not known yet"},
		"unknown digest key ID":  {block: block{"digest_key_id": unknown{}}, says: "digest_keys are not known yet"},
		"no digest keys on will": {block: block{"digest_keys": map[string]any{}}, says: "no digest key"},
		"unknown organization":   {block: block{"organization_id": unknown{}}, configured: "organization_id depends on"},
		"unknown platform":       {block: block{"platform_url": unknown{}}, configured: "platform_url depends on"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			environment(t)
			server.ResetCalls()
			got := lines(h.configure(test.block))
			if test.configured != "" {
				if !strings.Contains(got, test.configured) {
					t.Errorf("configuring says %q", got)
				}
				return
			}
			if got != "" {
				t.Fatal(got)
			}
			if server.TotalCalls() != 0 {
				t.Errorf("configuring sent %d requests", server.TotalCalls())
			}
			got = h.overview(bySubject)
			if (got == "") != (test.says == "") || !strings.Contains(got, test.says) {
				t.Errorf("a look says %q, want %q", got, test.says)
			}
			var asked []string
			for _, r := range server.Requests() {
				asked = append(asked, r.UserID)
			}
			if strings.Join(asked, " ") != test.asked {
				t.Errorf("asked for %v, want %s", asked, test.asked)
			}
		})
	}
}

// Whatever is wrong with a vault, what is said of it holds nothing of it.
func TestVault_IsNeverReadIntoADiagnostic(t *testing.T) {
	for name, content := range map[string]string{
		"no JSON": "canary", "text": `{"DSR-1":"canary"}`, "address": `{"canary@example.com":["canary"]}`, "too long": `{"DSR-1":["` + strings.Repeat("canary", 30) + `"]}`,
		"twice": `{"DSR-1":["canary"],"DSR-1":["canary2"]}`, "trailing": `{"DSR-1":["canary"]}canary`, "cut": `{"DSR-1":["can`, "UTF-8": "{\"DSR-1\":[\"canary\xff\"]}",
	} {
		h := newHost(t)
		if got := lines(h.configure(with(block{"subjects_file": vaultFile(t, content, 0o600), "digest_keys": map[string]any{"2026": digestKey}}))); got != "" {
			t.Errorf("%s: %s", name, got)
		}
		got := h.overview(map[string]any{"subject": "DSR-1"})
		if !strings.HasPrefix(got, "ERROR subject: Case cannot be resolved: DSR-1 cannot be looked up: the vault subjects_file (") || strings.Contains(got, "canary") {
			t.Errorf("%s: %s", name, got)
		}
	}
	for name, cases := range map[string]map[string]any{
		"address": {"canary@example.com": []any{"canary"}}, "empty": {"DSR-1": []any{"canary", ""}}, "null": {"DSR-1": []any{"canary", nil}}, "too long": {"DSR-1": []any{strings.Repeat("canary", 30)}},
	} {
		h := newHost(t)
		if got := lines(h.configure(with(block{"subjects": cases, "digest_keys": map[string]any{"2026": digestKey}}))); got != "" {
			t.Errorf("%s: %s", name, got)
		}
		got := h.overview(map[string]any{"subject": "DSR-1"})
		if !strings.Contains(got, "the vault subjects cannot be used") || strings.Contains(got, "canary") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
