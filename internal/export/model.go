// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

type model struct {
	Subject          types.String   `tfsdk:"subject"`
	UserIDs          types.Set      `tfsdk:"user_ids"`
	From             types.String   `tfsdk:"from"`
	To               types.String   `tfsdk:"to"`
	Tables           types.Set      `tfsdk:"tables"`
	Dimensions       types.Set      `tfsdk:"dimensions"`
	Format           types.String   `tfsdk:"format"`
	UseDisplayNames  types.Bool     `tfsdk:"use_display_names"`
	Filename         types.String   `tfsdk:"filename"`
	Description      types.String   `tfsdk:"description"`
	UserDimension    types.String   `tfsdk:"user_dimension"`
	VisitorDimension types.String   `tfsdk:"visitor_dimension"`
	AllowUnusualIDs  types.Bool     `tfsdk:"allow_unusual_ids"`
	Triggers         types.Map      `tfsdk:"triggers"`
	ID               types.String   `tfsdk:"id"`
	Digests          types.Set      `tfsdk:"identifier_digests"`
	Count            types.Int64    `tfsdk:"identifier_count"`
	Status           types.String   `tfsdk:"status"`
	StartedAt        types.String   `tfsdk:"started_at"`
	EffectiveFrom    types.String   `tfsdk:"effective_from"`
	EffectiveTo      types.String   `tfsdk:"effective_to"`
	Size             types.Int64    `tfsdk:"size_bytes"`
	EstimatedRows    types.Int64    `tfsdk:"estimated_rows"`
	Author           types.String   `tfsdk:"author"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`
}

// statusGone is an export that Coveo knows no more.
const statusGone = "GONE"

// label names the export for messages: by its case, never by its people.
func (m *model) label() string {
	switch {
	case !m.Subject.IsNull() && !m.Subject.IsUnknown():
		return m.Subject.ValueString()
	case !m.ID.IsNull() && !m.ID.IsUnknown():
		return m.ID.ValueString()
	}
	return "of synthetic identities"
}

// observe takes over what Coveo says of an export and what may change in its life.
func (m *model) observe(e *coveo.Export) {
	m.ID = types.StringValue(e.ID)
	m.Status = types.StringValue(statusOf(e))
	m.StartedAt, m.EffectiveFrom, m.EffectiveTo = instant(e.StartDate), instant(e.From), instant(e.To)
	m.Size = types.Int64Value(int64(e.Size))
	m.Author = text(e.Author)
}

// statusOf is Coveo's word, or that of an export under way where Coveo says none.
func statusOf(e *coveo.Export) string {
	if e.Status == "" {
		return coveo.ExportPending
	}
	return strings.ToUpper(e.Status)
}

// unsettled tells whether a recorded status is one of an export under way.
func unsettled(status string) bool {
	e := coveo.Export{Status: status}
	return status != "" && status != statusGone && !e.Settled()
}

func instant(at coveo.Instant) types.String {
	if at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}

func text(value string) types.String {
	if value == "" {
		return types.StringNull()
	}
	return types.StringValue(value)
}

func texts(values []string) types.Set {
	if len(values) == 0 {
		return types.SetNull(types.StringType)
	}
	return setOf(values)
}

func setOf(values []string) types.Set {
	elements := make([]attr.Value, 0, len(values))
	for _, value := range slices.Compact(slices.Sorted(slices.Values(values))) {
		elements = append(elements, types.StringValue(value))
	}
	return types.SetValueMust(types.StringType, elements)
}

// strings of a set, sorted. Unknown and null elements are left out.
func stringsOf(set types.Set) []string {
	var out []string
	for _, element := range set.Elements() {
		if value, ok := element.(types.String); ok && !value.IsUnknown() && !value.IsNull() {
			out = append(out, value.ValueString())
		}
	}
	slices.Sort(out)
	return out
}

func (m *model) request(period coveo.Period, filter string) coveo.NewExport {
	return coveo.NewExport{
		Period: period, Filters: []string{filter}, Tables: stringsOf(m.Tables), Dimensions: stringsOf(m.Dimensions),
		Filename: m.Filename.ValueString(), Description: m.Description.ValueString(), Format: m.Format.ValueString(),
		UseDisplayNames: m.UseDisplayNames.ValueBool(),
	}
}

// digests are those of identifiers under a key, sorted.
func digests(keys *subject.Keyring, keyID string, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, keys.Digest(keyID, id))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// record is what is kept of an export beside its attributes.
type record struct {
	Organization string `json:"organization"`
	// Triggers are those that the export was made with.
	Triggers map[string]string `json:"triggers,omitempty"`
	// Imported tells that the export was made elsewhere, and nothing has shown yet whom it is about.
	Imported bool `json:"imported,omitempty"`
}

const recordKey = "record"

type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func readRecord(ctx context.Context, private privateReader) record {
	var r record
	data, diags := private.GetKey(ctx, recordKey)
	if diags.HasError() || len(data) == 0 || json.Unmarshal(data, &r) != nil {
		return record{}
	}
	return r
}

func (r record) write(ctx context.Context, private privateWriter) diag.Diagnostics {
	data, err := json.Marshal(r)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider defect", "The export's record cannot be written: "+err.Error()+". Please report this.")}
	}
	return private.SetKey(ctx, recordKey, data)
}
