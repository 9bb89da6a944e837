// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// record is what the resource remembers of a key beside its attributes, in private state.
type record struct {
	// Organization is where the key lives. Elsewhere the same ID would look like a key that is gone.
	Organization string `json:"organization,omitempty"`
	// Requested is what was asked for: a later release may expand the same duties otherwise.
	Requested []privilege.Privilege `json:"requested_privileges,omitempty"`
	// Granted is what Coveo gave instead, nil where it gave what was asked for. A new key would fare no better.
	Granted []privilege.Privilege `json:"granted_privileges,omitempty"`
	// Imported says that the key was made elsewhere, so that what state does not know of it was not decided here.
	Imported bool `json:"imported,omitempty"`
	// Renewal is what the last look at the key found about its end.
	Renewal *renewal `json:"renewal,omitempty"`
	// UnseenSince is when the key was made, while no read has shown it yet.
	UnseenSince *time.Time `json:"unseen_since,omitempty"`
}

const recordKey = "record"

type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// readRecord is the record, or an empty one: nothing in it is needed to go on.
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
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider defect", "The key's record cannot be written: "+err.Error()+". Please report this.")}
	}
	return private.SetKey(ctx, recordKey, data)
}
