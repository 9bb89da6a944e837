// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package receipt

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func digest(c string) string { return "2026:" + strings.Repeat(c, 64) }

func at(text string) Instant {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return At(t)
}

func erasure() Receipt {
	return Receipt{
		Kind: Erasure, Organization: "acmeprod1a2b3c", Case: "DSR-2026-0142", RequestNumber: 1, Runs: 1, Status: "submitted",
		FirstRequestedAt: at("2026-11-22T12:00:00Z"), RequestedAt: at("2026-11-22T12:00:01Z"), ExpectedBy: at("2026-12-20T12:00:01Z"),
		EventsAtRequest: new(int64(1204)), EventsRemaining: new(int64(1204)),
		Identifiers: []Identifier{
			{Digest: digest("9"), Status: "not_found_before", RequestedAt: at("2026-11-22T12:00:01Z")},
			{Digest: digest("4"), Status: "submitted", RequestedAt: at("2026-11-22T12:00:00Z"), EventsAtRequest: new(int64(1204)), EventsRemaining: new(int64(1204))},
		},
		MaxEvents: new(int64(5000)),
		ApprovedBy: []Approver{
			{"lee", "SHA256:" + strings.Repeat("9", 43)},
			{"dana@example.com", "SHA256:" + strings.Repeat("u", 43)},
		},
		ApprovalStatementSHA256: Text(strings.Repeat("a", 64)), ErasurePolicyDigest: Text("sha256:" + strings.Repeat("b", 64)),
		HoldStatus: "clear", ProviderVersion: "0.1.0-rc.1+build",
	}
}

func verification() Receipt {
	r := erasure()
	r.Kind, r.Status, r.VerifiedAt = Verification, "zero_observed", at("2026-12-14T03:00:00Z")
	r.EventsRemaining = new(int64(0))
	r.Identifiers[1].Status, r.Identifiers[1].EventsRemaining, r.Identifiers[1].VerifiedAt = "zero_observed", new(int64(0)), r.VerifiedAt
	r.ReceiptSHA256 = Text(strings.Repeat("c", 64))
	return r
}

func simulation() Receipt {
	return Receipt{
		Kind: Simulation, Organization: "acmeprod1a2b3c", Case: "DSR-2026-0142", RequestNumber: 1, Status: "simulated",
		Identifiers: []Identifier{{Digest: digest("4"), Status: "waiting"}}, HoldStatus: "unchecked", ProviderVersion: "dev",
	}
}

func bare() Receipt {
	r := erasure()
	r.Case, r.EventsAtRequest, r.EventsRemaining, r.MaxEvents, r.ApprovedBy = "", nil, nil, nil, nil
	r.ApprovalStatementSHA256, r.ErasurePolicyDigest, r.HoldStatus = "", "", "unchecked"
	return r
}

func marshal(t testing.TB, r Receipt) []byte {
	t.Helper()
	document, err := Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

var update = flag.Bool("update", false, "write the golden files anew")

// The forms are published: documents and signatures of this version must be what they were.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func TestMarshal_Golden(t *testing.T) {
	golden(t, "erasure.json", marshal(t, erasure()))
	golden(t, "erasure-bare.json", marshal(t, bare()))
	golden(t, "verification.json", marshal(t, verification()))
	golden(t, "simulation.json", marshal(t, simulation()))
}

func TestMarshal_Deterministic(t *testing.T) {
	want := marshal(t, erasure())
	r := erasure()
	slices.Reverse(r.Identifiers)
	slices.Reverse(r.ApprovedBy)
	r.RequestedAt = At(r.RequestedAt.Time().In(time.FixedZone("east", 3600)).Add(999 * time.Millisecond))
	r.Schema, r.Statement, r.Simulated, r.API = "x", "y", true, &API{"GET", "/", 200}
	before := slices.Clone(r.Identifiers)
	if diff := cmp.Diff(string(want), string(marshal(t, r))); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(before, r.Identifiers) {
		t.Error("the caller's identifiers were sorted")
	}
	if !bytes.HasSuffix(want, []byte("}\n")) || bytes.Count(want, []byte("\n\n")) != 0 || bytes.Contains(want, []byte(`\u`)) {
		t.Errorf("another form: %s", want)
	}
}

func TestParse_RoundTrip(t *testing.T) {
	for _, r := range everyKind() {
		document := marshal(t, r)
		parsed, err := Parse(document)
		if err != nil {
			t.Errorf("%s: %v", document, err)
			continue
		}
		if again := marshal(t, parsed); !bytes.Equal(again, document) {
			t.Errorf("%s\nbecomes\n%s", document, again)
		}
	}
}

// everyKind has a document for each status of each kind, and for each status of an identifier.
func everyKind() []Receipt {
	all := []Receipt{erasure(), bare(), verification(), simulation()}
	for _, of := range []Receipt{erasure(), verification(), simulation()} {
		for _, status := range of.Kind.statuses() {
			r := of
			r.Status = status
			all = append(all, r)
		}
		for _, status := range of.Kind.identifierStatuses() {
			r := of
			r.Identifiers = slices.Clone(of.Identifiers)
			r.Identifiers[0].Status = status
			all = append(all, r)
		}
	}
	later := erasure()
	later.Runs, later.RequestNumber, later.PreviousSHA256 = 2, 2, Text(strings.Repeat("d", 64))
	return append(all, later)
}

func TestStatement_ClaimsOnlyWhatWasSeen(t *testing.T) {
	for _, r := range everyKind() {
		text := statement(r)
		for _, claim := range []string{"has been deleted", "were deleted", "was deleted", "is erased", "has been erased"} {
			if strings.Contains(strings.ReplaceAll(text, "no claim that anything has been deleted", ""), claim) {
				t.Errorf("%s, %s: it claims too much: %s", r.Kind, r.Status, text)
			}
		}
		if r.Kind != Simulation && !strings.HasSuffix(text, scope) {
			t.Errorf("%s, %s: it does not say what it leaves out: %s", r.Kind, r.Status, text)
		}
	}
	incomplete := erasure()
	incomplete.Status, incomplete.Identifiers[0].Status = "incomplete", "failed"
	for want, r := range map[string]Receipt{
		"Coveo accepted the request to delete the usage analytics of 2 identifiers, each at its requested_at, the last at 2026-11-22T12:00:01Z.": erasure(),
		"of 1 of 2 identifiers, each at its requested_at":                                     incomplete,
		"For the others no acceptance was seen":                                               incomplete,
		"Of 1 of 2 identifiers no event was visible when the request was made, or Coveo":      erasure(),
		"The provider makes no claim that anything has been deleted":                          erasure(),
		"No usage analytics event of 2 identifiers was visible in Coveo's live API":           verification(),
		"this was first so of all at 2026-12-14T03:00:00Z":                                    verification(),
		"Nothing was sent to Coveo and nothing was erased; this document is no evidence":      simulation(),
		"The API cannot tell an unfinished deletion from new activity":                        with(verification(), "still_visible"),
		"of which none had been visible since the request":                                    with(verification(), "reappeared"),
		"What remains was not seen, and nothing is claimed about it":                          with(verification(), "unverified"),
		"At 2026-12-14T03:00:00Z, after expected_by, Coveo refused a look at at least one of": with(verification(), "unverified"),
	} {
		if !strings.Contains(statement(r), want) {
			t.Errorf("want %q in %q", want, statement(r))
		}
	}
}

func with(r Receipt, status string) Receipt {
	r.Status = status
	return r
}

func TestMarshal_Refused(t *testing.T) {
	edits := map[string]struct {
		of   func() Receipt
		edit func(*Receipt)
		want string
	}{
		"no kind":                   {erasure, func(r *Receipt) { r.Kind = "" }, "kind is none of"},
		"another kind":              {erasure, func(r *Receipt) { r.Kind = "export" }, "kind is none of"},
		"no organization":           {erasure, func(r *Receipt) { r.Organization = "" }, "organization"},
		"organization with lines":   {erasure, func(r *Receipt) { r.Organization = "acme\n" }, "organization"},
		"an address as a case":      {erasure, func(r *Receipt) { r.Case = "alice@example.com" }, "case cannot be used"},
		"a visitor as a case":       {erasure, func(r *Receipt) { r.Case = "29fb0d0a-b5eb-4c20-aff0-9d282df11569" }, "case cannot be used"},
		"request 0":                 {erasure, func(r *Receipt) { r.RequestNumber = 0 }, "request_number"},
		"no run":                    {erasure, func(r *Receipt) { r.Runs = 0 }, "runs"},
		"another status":            {erasure, func(r *Receipt) { r.Status = "done" }, "status"},
		"a status before sending":   {erasure, func(r *Receipt) { r.Status = "waiting" }, "status"},
		"simulated as real":         {erasure, func(r *Receipt) { r.Status = "simulated" }, "status"},
		"never requested":           {erasure, func(r *Receipt) { r.RequestedAt = Instant{} }, "requested_at"},
		"never first requested":     {erasure, func(r *Receipt) { r.FirstRequestedAt = Instant{} }, "requested_at"},
		"never expected":            {erasure, func(r *Receipt) { r.ExpectedBy = Instant{} }, "expected_by"},
		"a negative count":          {erasure, func(r *Receipt) { r.EventsRemaining = new(int64(-1)) }, "negative"},
		"a negative ceiling":        {erasure, func(r *Receipt) { r.MaxEvents = new(int64(-1)) }, "negative"},
		"nobody":                    {erasure, func(r *Receipt) { r.Identifiers = nil }, "no identifier"},
		"an identifier in clear":    {erasure, func(r *Receipt) { r.Identifiers[0].Digest = "alice@example.com" }, "of 2 is no digest"},
		"an identifier in disguise": {erasure, func(r *Receipt) { r.Identifiers[0].Digest = "2026:alice@example.com" }, "of 2 is no digest"},
		"an identifier twice":       {erasure, func(r *Receipt) { r.Identifiers[0].Digest = r.Identifiers[1].Digest }, "twice"},
		"an identifier's status":    {erasure, func(r *Receipt) { r.Identifiers[0].Status = "alice@example.com" }, "status of identifier"},
		"an identifier's count":     {erasure, func(r *Receipt) { r.Identifiers[0].EventsRemaining = new(int64(-1)) }, "negative"},
		"accepted at no time":       {erasure, func(r *Receipt) { r.Identifiers[0].RequestedAt = Instant{} }, "requested_at is absent"},
		"an approver twice":         {erasure, func(r *Receipt) { r.ApprovedBy[0].Name = r.ApprovedBy[1].Name }, "twice"},
		"an approver without name":  {erasure, func(r *Receipt) { r.ApprovedBy[0].Name = "" }, "approver"},
		"a fingerprint of MD5":      {erasure, func(r *Receipt) { r.ApprovedBy[0].Fingerprint = "MD5:00" }, "approver"},
		"a hash of another form":    {erasure, func(r *Receipt) { r.ApprovalStatementSHA256 = "sha256:00" }, "approval_statement_sha256"},
		"a policy of another form":  {erasure, func(r *Receipt) { r.ErasurePolicyDigest = Text(strings.Repeat("b", 64)) }, "erasure_policy_digest"},
		"a predecessor's form":      {erasure, func(r *Receipt) { r.PreviousSHA256 = "x" }, "previous_sha256"},
		"no hold status":            {erasure, func(r *Receipt) { r.HoldStatus = "" }, "hold_status"},
		"no version":                {erasure, func(r *Receipt) { r.ProviderVersion = "" }, "provider_version"},
		"an erasure that follows":   {erasure, func(r *Receipt) { r.ReceiptSHA256 = Text(strings.Repeat("c", 64)) }, "receipt_sha256"},
		"follows nothing":           {verification, func(r *Receipt) { r.ReceiptSHA256 = "" }, "receipt_sha256"},
		"never looked":              {verification, func(r *Receipt) { r.VerifiedAt = Instant{} }, "verified_at"},
		"not final":                 {verification, func(r *Receipt) { r.Status = "settling" }, "status"},
		"one not accepted":          {verification, func(r *Receipt) { r.Identifiers[0].Status = "failed" }, "status of identifier"},
		"rehearsed a run":           {simulation, func(r *Receipt) { r.Runs = 1 }, "simulation"},
		"rehearsed a request":       {simulation, func(r *Receipt) { r.RequestedAt = at("2026-11-22T12:00:00Z") }, "simulation"},
		"rehearsed a look":          {simulation, func(r *Receipt) { r.VerifiedAt = at("2026-11-22T12:00:00Z") }, "simulation"},
		"rehearsed a predecessor":   {simulation, func(r *Receipt) { r.PreviousSHA256 = Text(strings.Repeat("d", 64)) }, "simulation"},
		"rehearsed an identifier":   {simulation, func(r *Receipt) { r.Identifiers[0].RequestedAt = at("2026-11-22T12:00:00Z") }, "simulation"},
		"rehearsed an acceptance":   {simulation, func(r *Receipt) { r.Identifiers[0].Status = "submitted" }, "status of identifier"},
	}
	for name, tc := range edits {
		r := tc.of()
		tc.edit(&r)
		document, err := Marshal(r)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "alice") {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
		if document != nil {
			t.Errorf("%s: it was written: %s", name, document)
		}
	}
}

// edits are changes to the bytes of a document. invalid tells that the JSON Schema must refuse them as well; it cannot see
// what is a question of form only.
func edits() []struct {
	name, old, new string
	invalid        bool
} {
	return []struct {
		name, old, new string
		invalid        bool
	}{
		{"nothing at all", "", "", false},
		{"a space", `"runs": 1`, `"runs":  1`, false},
		{"another order", "\"request_number\": 1,\n  \"runs\": 1,", "\"runs\": 1,\n  \"request_number\": 1,", false},
		{"a member twice", `"runs": 1,`, "\"runs\": 1,\n  \"runs\": 1,", false},
		{"a member twice, differing", `"runs": 1,`, "\"runs\": 9,\n  \"runs\": 1,", false},
		{"a member in capitals", `"status": "submitted",`, `"Status": "submitted",`, true},
		{"a member beside itself in capitals", `"runs": 1,`, "\"runs\": 1,\n  \"RUNS\": 1,", true},
		{"a number in another form", `"runs": 1,`, `"runs": 1.0,`, false},
		{"a number with an exponent", `"runs": 1,`, `"runs": 1e0,`, false},
		{"an escape", `"status": "submitted"`, `"status": "\u0073ubmitted"`, false},
		{"an unknown member", `"runs": 1,`, "\"runs\": 1,\n  \"user_id\": \"alice@example.com\",", true},
		{"an unknown member inside", `"status": "submitted",` + "\n      ", `"status": "submitted",` + "\n      \"user_id\": \"alice@example.com\",\n      ", true},
		{"a member left out", "  \"max_events\": 5000,\n", "", true},
		{"null for a list", `"identifiers": [`, `"identifiers": null, "x": [`, true},
		{"a text for null", `"previous_sha256": null`, `"previous_sha256": ""`, true},
		{"a number as text", `"runs": 1`, `"runs": "1"`, true},
		{"another kind", `"kind": "erasure"`, `"kind": "verification"`, true},
		{"another schema", ErasureSchema, VerificationSchema, true},
		{"a later version", ErasureSchema, "coveo-erasure-receipt/v2", true},
		{"simulated", `"simulated": false`, `"simulated": true`, true},
		{"a simulation's kind", `"kind": "erasure"`, `"kind": "erasure-simulation"`, true},
		{"another status", `"status": "submitted",` + "\n  \"first", `"status": "erased",` + "\n  \"first", true},
		{"a case that is an address", `"case": "DSR-2026-0142"`, `"case": "alice@example.com"`, true},
		{"a case that is a visitor", `"case": "DSR-2026-0142"`, `"case": "29fb0d0a-b5eb-4c20-aff0-9d282df11569"`, true},
		{"an identifier in clear", digest("4"), "alice@example.com", true},
		{"an identifier in capitals", digest("4"), strings.ToUpper("2026:" + strings.Repeat("a", 64)), true},
		{"no digest key", digest("4"), strings.Repeat("4", 64), true},
		{"an offset", "2026-12-20T12:00:01Z", "2026-12-20T12:00:01+00:00", true},
		{"a fraction", "2026-12-20T12:00:01Z", "2026-12-20T12:00:01.5Z", true},
		{"no day", "2026-12-20T12:00:01Z", "2026-02-30T12:00:01Z", true},
		{"another method", `"method": "DELETE"`, `"method": "GET"`, true},
		{"another answer", `"answer": 202`, `"answer": 204`, true},
		{"a negative count", `"events_at_request": 1204`, `"events_at_request": -1`, true},
		{"a control character", "Coveo accepted", `Coveo\naccepted`, true},
		{"a letter that is not ASCII", "Coveo accepted", "Coveo äccepted", true},
		{"a successor of itself", `"receipt_sha256": null`, `"receipt_sha256": "` + strings.Repeat("c", 64) + `"`, true},
		{"another fingerprint", "SHA256:", "MD5:", true},
		{"identifiers in another order", digest("4"), digest("a"), false},
		{"data after it", "\n}\n", "\n}\n{}\n", true},
		{"a space after it", "\n}\n", "\n}\n ", false},
		{"no line feed at the end", "\n}\n", "\n}", false},
		{"one more line feed", "\n}\n", "\n}\n\n", false},
		{"a byte order mark", "{\n  \"schema\"", "\ufeff{\n  \"schema\"", true},
		{"cut", "\n}\n", "", true},
	}
}

func TestParse_Edited(t *testing.T) {
	document := string(marshal(t, erasure()))
	schema := compile(t, "erasure-receipt.v1.schema.json")
	for _, e := range edits() {
		edited := strings.Replace(document, e.old, e.new, 1)
		if e.name == "nothing at all" {
			if _, err := Parse([]byte(edited)); err != nil {
				t.Error(err)
			}
			if err := validate(schema, []byte(edited)); err != nil {
				t.Error(err)
			}
			continue
		}
		if edited == document {
			t.Errorf("%s: nothing was edited", e.name)
			continue
		}
		if _, err := Parse([]byte(edited)); err == nil {
			t.Errorf("%s: accepted", e.name)
		} else if strings.Contains(err.Error(), "alice") {
			t.Errorf("%s: the error repeats the document: %v", e.name, err)
		}
		if err := validate(schema, []byte(edited)); (err != nil) != e.invalid {
			t.Errorf("%s: the schema says %v", e.name, err)
		}
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "null": []byte("null\n"), "a list": []byte("[]\n"), "an object": []byte("{}\n"), "a text": []byte("\"x\"\n"),
		"huge": bytes.Repeat([]byte(" "), maxSize+1), "line breaks of Windows": []byte(strings.ReplaceAll(document, "\n", "\r\n")),
	} {
		if _, err := Parse(data); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join("..", "..", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(schema *jsonschema.Schema, document []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// Each document fits its own schema and no other.
func TestSchemas(t *testing.T) {
	schemas := map[Kind]*jsonschema.Schema{
		Erasure:      compile(t, "erasure-receipt.v1.schema.json"),
		Verification: compile(t, "verification-receipt.v1.schema.json"),
		Simulation:   compile(t, "erasure-simulation.v1.schema.json"),
	}
	for _, r := range everyKind() {
		document := marshal(t, r)
		for kind, schema := range schemas {
			if err := validate(schema, document); (err == nil) != (kind == r.Kind) {
				t.Errorf("%s by the schema of %s: %v\n%s", r.Kind, kind, err, document)
			}
		}
	}
	for _, e := range []struct {
		of       Receipt
		old, new string
	}{
		{verification(), `"status": "zero_observed",` + "\n  \"first", `"status": "settling",` + "\n  \"first"},
		{verification(), `"receipt_sha256": "` + strings.Repeat("c", 64) + `"`, `"receipt_sha256": null`},
		{verification(), `"verified_at": "2026-12-14T03:00:00Z",` + "\n  \"events", `"verified_at": null,` + "\n  \"events"},
		{simulation(), `"simulated": true`, `"simulated": false`},
		{simulation(), `"api": null`, `"api": {"method": "DELETE", "path": "/v15/users/{user}/alldata", "answer": 202}`},
		{simulation(), `"runs": 0`, `"runs": 1`},
		{simulation(), `"requested_at": null`, `"requested_at": "2026-11-22T12:00:00Z"`},
	} {
		document := string(marshal(t, e.of))
		edited := strings.Replace(document, e.old, e.new, 1)
		if edited == document {
			t.Errorf("%s: nothing was edited: %s", e.of.Kind, e.old)
		}
		if validate(schemas[e.of.Kind], []byte(edited)) == nil {
			t.Errorf("%s: the schema takes %s", e.of.Kind, e.new)
		}
		if _, err := Parse([]byte(edited)); err == nil {
			t.Errorf("%s: Parse takes %s", e.of.Kind, e.new)
		}
	}
}

func TestFollows(t *testing.T) {
	first := erasure()
	one := marshal(t, first)
	second := erasure()
	second.Runs, second.RequestNumber, second.PreviousSHA256 = 2, 2, Text(SHA256(one))
	two := marshal(t, second)
	check := verification()
	check.RequestNumber, check.Runs, check.ReceiptSHA256 = 2, 2, Text(SHA256(two))
	elsewhere := second
	elsewhere.Case = "DSR-2026-0143"
	again := second
	again.Runs = 1
	early := check
	early.RequestNumber = 1
	for _, tc := range []struct {
		name    string
		later   Receipt
		earlier []byte
		want    string
	}{
		{"the second run", second, one, ""},
		{"its verification", check, two, ""},
		{"the first", first, one, "the first of its record"},
		{"a verification of another run", check, one, "another document"},
		{"an edited predecessor", second, bytes.Replace(one, []byte("5000"), []byte("5001"), 1), "another document"},
		{"a damaged predecessor", second, one[1:], "cannot be read"},
		{"another record", elsewhere, one, "different records"},
		{"no later run", again, one, "tells of run 1"},
		{"another request", early, two, "request 1"},
		{"a simulation", simulation(), one, "simulations follow nothing"},
		{"after a simulation", second, marshal(t, simulation()), "simulations follow nothing"},
	} {
		err := Follows(tc.later, tc.earlier)
		if (err == nil) != (tc.want == "") || (err != nil && !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, r := range everyKind() {
		document := marshal(f, r)
		f.Add(document)
		f.Add(bytes.ReplaceAll(document, []byte("null"), []byte(`""`)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err != nil {
			return
		}
		again, err := encode(r)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%q is read, and written as %q (%v)", data, again, err)
		}
		if r.Simulated != (r.Kind == Simulation) || r.Schema != r.Kind.schema() {
			t.Errorf("%q passes for something else", data)
		}
	})
}
