// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/ephemeral/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*ephemeralKey)(nil)
	_ ephemeral.EphemeralResourceWithClose          = (*ephemeralKey)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*ephemeralKey)(nil)
)

// EphemeralHost is what keys for one run take from the configured provider.
type EphemeralHost interface {
	Host
	Keeper() *Keeper
}

// NewEphemeralResource is the ephemeral coveo_api_key.
func NewEphemeralResource() ephemeral.EphemeralResource { return &ephemeralKey{} }

type ephemeralKey struct {
	service *Service
	keeper  *Keeper
}

// ephemeralModel is the ephemeral coveo_api_key.
type ephemeralModel struct {
	DisplayName         types.String `tfsdk:"display_name"`
	Description         types.String `tfsdk:"description"`
	Duties              types.Set    `tfsdk:"duties"`
	Privileges          types.Set    `tfsdk:"privileges"`
	AllowedIPs          types.Set    `tfsdk:"allowed_ips"`
	DeniedIPs           types.Set    `tfsdk:"denied_ips"`
	Lifetime            types.String `tfsdk:"lifetime"`
	UnrestrictedErasure types.Bool   `tfsdk:"unrestricted_erasure"`

	ID                  types.String `tfsdk:"id"`
	UniqueDisplayName   types.String `tfsdk:"unique_display_name"`
	Value               types.String `tfsdk:"value"`
	EffectivePrivileges types.Set    `tfsdk:"effective_privileges"`
	ExpirationDate      types.String `tfsdk:"expiration_date"`

	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

const (
	defaultLifetime = "PT1H"
	// shortestLifetime and longestLifetime bound what still is a net under one run: the key has to outlive the run, and not
	// by much.
	shortestLifetime = 5 * time.Minute
	longestLifetime  = 7 * 24 * time.Hour

	// lingerTime is how long the answer to a request for a key is still waited for when the command was interrupted: a key
	// whose ID is known is revoked with certainty.
	lingerTime = 10 * time.Second
	// revokeTime bounds a revocation that Terraform waits for.
	revokeTime = time.Minute
)

// asResource is the configuration in the resource's terms, so that the two kinds share their rules.
func (m *ephemeralModel) asResource() *resourceModel {
	r := &resourceModel{
		DisplayName: m.DisplayName, Description: m.Description, Enabled: types.BoolValue(true),
		Duties: m.Duties, Privileges: m.Privileges, AllowedIPs: m.AllowedIPs, DeniedIPs: m.DeniedIPs,
		Lifetime: m.Lifetime, UnrestrictedErasure: m.UnrestrictedErasure,
	}
	if r.Lifetime.IsNull() {
		r.Lifetime = types.StringValue(defaultLifetime)
	}
	return r
}

func (e *ephemeralKey) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_api_key"
}

func (e *ephemeralKey) Schema(ctx context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = ephemeralSchema(ctx)
}

func (e *ephemeralKey) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(EphemeralHost)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The ephemeral resource was configured with %T. Please report this.", req.ProviderData))
		return
	}
	e.service, e.keeper = host.APIKeys(), host.Keeper()
}

func (e *ephemeralKey) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	var config ephemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if config.Duties.IsNull() && config.Privileges.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("duties"), "Nothing said about what the key may do",
			`Neither duties nor privileges is set. Set duties, such as ["overview", "erasure"], or list privileges one by one.`)
		return
	}
	resp.Diagnostics.Append(checkConfig(config.asResource())...)
}

// closing is what the answer to Open leaves for Close. Terraform keeps it in memory.
type closing struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	Ends string `json:"ends"`
}

const closingKey = "key"

// Open asks for a key, once.
func (e *ephemeralKey) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var data ephemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if e.service.tokenUnknown() {
		e.tokenUnknown(req, resp, data.DisplayName.ValueString())
		return
	}
	timeout, diags := data.Timeouts.Open(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	wanted := data.asResource()
	requested, _, err := e.service.asked(wanted)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("duties"), "Duty unknown", err.Error()+".")
	}
	lifetime, err := iso8601.Parse(wanted.Lifetime.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("lifetime"), "Duration cannot be used", "The lifetime cannot be used: "+err.Error()+".")
	}
	request, err := wanted.newKey(requested)
	if err != nil {
		resp.Diagnostics.AddError("Provider defect", "The request for a key cannot be written: "+err.Error()+". Please report this.")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if ctx.Err() != nil {
		resp.Diagnostics.AddError("No key for one run made", "The command was interrupted. Nothing was asked for.")
		return
	}
	since := e.service.clock.Now()
	open, err := e.keeper.begin(data.DisplayName.ValueString(), "about "+timestamp(lifetime.After(since)), e.service.urgent())
	if err != nil {
		resp.Diagnostics.AddError("No key for one run made", "No key was asked for, because "+err.Error()+". Run again.")
		return
	}
	request.DisplayName = open.name
	lingering, done := linger(ctx, lingerTime)
	key, err := e.service.create(lingering, request)
	done()
	switch {
	case coveo.IsOutcomeUnknown(err):
		close(open.settled)
		resp.Diagnostics.Append(e.lost(ctx, open, key, err))
		return
	case err != nil:
		close(open.settled)
		e.keeper.forget(open)
		resp.Diagnostics.AddError("No key for one run made: "+open.name, diagnose.Text(err)+inDays(err, request.Lifetime))
		return
	}
	f := factsOf(key)
	ends := "at " + f.expirationDate.ValueString()
	if f.expirationDate.IsNull() {
		ends = open.ends
	}
	open.made(key.ID, ends)
	close(open.settled)
	if ctx.Err() != nil {
		resp.Diagnostics.Append(e.interrupted(ctx, open))
		return
	}

	kept, err := json.Marshal(closing{Name: open.name, ID: key.ID, Ends: ends})
	if err == nil {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, closingKey, kept)...)
	}
	data.ID, data.UniqueDisplayName, data.Value = f.id, types.StringValue(open.name), types.StringValue(key.Value)
	data.EffectivePrivileges, data.ExpirationDate = f.effectivePrivileges, f.expirationDate
	resp.Diagnostics.Append(e.settle(ctx, &data, key, requested)...)
	resp.Diagnostics.Append(resp.Result.Set(ctx, &data)...)
}

// inDays is a hint for whoever's organization may know lifetimes in days only, as Coveo's documents show them.
func inDays(err error, lifetime string) string {
	var refused *coveo.Error
	if !errors.As(err, &refused) || refused.Status != http.StatusPreconditionFailed && refused.Status != http.StatusBadRequest || !strings.Contains(lifetime, "T") {
		return ""
	}
	return fmt.Sprintf("\n\nIf what was not accepted is the lifetime of %s, write P1D: Coveo's documents show lifetimes in days and months only.", lifetime)
}

// settle waits until Coveo shows the key, since it is used the moment after, and says what is not as it was asked for.
func (e *ephemeralKey) settle(ctx context.Context, data *ephemeralModel, key *coveo.APIKey, requested []privilege.Privilege) diag.Diagnostics {
	var diags diag.Diagnostics
	name := data.UniqueDisplayName.ValueString()
	if seen, err := e.service.readNew(ctx, key.ID); err != nil {
		diags.Append(diagnose.Warning("New key not read back: "+name,
			"The key for one run was made, and reading it back failed. If what uses it is refused, run again.", err))
	} else {
		f := factsOf(seen)
		data.ExpirationDate = stays(f.expirationDate, data.ExpirationDate)
		if !f.effectivePrivileges.IsNull() {
			data.EffectivePrivileges = f.effectivePrivileges
		}
	}
	if data.ExpirationDate.IsNull() {
		diags.AddWarning("Key for one run without an end: "+name, fmt.Sprintf("Coveo does not say that the key %s ends by itself. It is deleted when this "+
			"run ends; but where that fails, it stays until somebody deletes it.", key.ID))
	}
	if shown := privilegeset.Read(data.EffectivePrivileges); !data.EffectivePrivileges.IsNull() && !privilege.EqualSets(shown, requested) {
		diags.AddAttributeWarning(path.Root("effective_privileges"), "Key without exactly the privileges asked for: "+name,
			"Coveo made the key with other privileges than were asked for. "+differences(requested, shown))
	}
	return diags
}

// tokenUnknown answers where the provider's own token is not known yet. Terraform has no way to ask again at apply unless it
// says so, or a part of the block's own configuration is unknown.
func (e *ephemeralKey) tokenUnknown(req ephemeral.OpenRequest, resp *ephemeral.OpenResponse, name string) {
	if req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &ephemeral.Deferred{Reason: ephemeral.DeferredReasonProviderConfigUnknown}
		return
	}
	resp.Diagnostics.AddError("Key for one run cannot be opened yet: "+name, "The access_token of the provider that is to make this key comes from "+
		"something that does not exist yet, and what is ephemeral is opened at plan already. Apply the configuration that makes the token "+
		"first; separate configurations are the simplest way. Or mention an attribute of what makes the token, such as its id, in the "+
		"description of this block: then the block is not known before apply either, and is opened only there.")
}

// linger is ctx, except that it goes on for a while after ctx ends.
func linger(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	lingering, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(d, cancel)
		context.AfterFunc(lingering, func() { timer.Stop() })
	})
	return lingering, func() {
		stop()
		cancel()
	}
}

// lost explains a request whose answer never came or cannot be used, and revokes what it made. Unlike the resource's, the name
// of this key was made up for this request, so a key of that name is ours with certainty and nobody else uses it.
func (e *ephemeralKey) lost(ctx context.Context, open *openKey, partial *coveo.APIKey, cause error) diag.Diagnostic {
	if partial != nil && partial.ID != "" {
		open.made(partial.ID, open.ends)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchTime)
	defer cancel()
	var text strings.Builder
	text.WriteString(diagnose.Text(cause) + "\n\n")
	done, err := open.revoke(ctx, e.service.api)
	e.service.written()
	switch {
	case err != nil:
		text.WriteString("Coveo may have made the key all the same. " + stillOpen(open, err))
	case done.unseen:
		fmt.Fprintf(&text, "The list of keys shows none of that name, so most likely nothing was made. A new key may show with some delay: the "+
			"provider looks again when it stops, and one that it misses then ends %s. Run again.", open.ends)
	default:
		e.keeper.forget(open)
		fmt.Fprintf(&text, "Coveo had made the key, and it is deleted again: %s. Its name was made up for this request, so nobody else used it. Run "+
			"again.", strings.Join(done.ids, ", "))
	}
	return diag.NewErrorDiagnostic("Answer lost while a key for one run was made: "+open.name, text.String())
}

// interrupted revokes a key that was made while the command was being stopped.
func (e *ephemeralKey) interrupted(ctx context.Context, open *openKey) diag.Diagnostic {
	summary := "Interrupted while a key for one run was made: " + open.name
	if err := e.revoke(ctx, open); err != nil {
		return diag.NewErrorDiagnostic(summary, stillOpen(open, err))
	}
	return diag.NewErrorDiagnostic(summary, "The time allowed for it ended, or the command was interrupted. The key that was made is deleted again.")
}

func stillOpen(open *openKey, err error) string {
	return fmt.Sprintf("The key %s, could not be deleted, and opens what it may open until it ends. The provider tries again when it stops. If it is "+
		"still there afterwards, remove it in Coveo's administration console (Organization > API Keys).\n\n%s", open, diagnose.Text(err))
}

// revoke deletes a key that Terraform is done with, also where the command was interrupted.
func (e *ephemeralKey) revoke(ctx context.Context, open *openKey) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTime)
	defer cancel()
	_, err := open.revoke(ctx, e.service.api)
	e.service.written()
	if err == nil {
		e.keeper.forget(open)
	}
	return err
}

// Close deletes the key.
func (e *ephemeralKey) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	kept, diags := req.Private.GetKey(ctx, closingKey)
	resp.Diagnostics.Append(diags...)
	var key closing
	if err := json.Unmarshal(kept, &key); err != nil || key.ID == "" {
		resp.Diagnostics.AddError("Provider defect", "A key for one run cannot be closed, because Terraform does not say which. The provider deletes it when "+
			"it stops. Please report this.")
		return
	}
	open := e.keeper.find(key.Name)
	if open == nil {
		// It is gone, or another process made it.
		open = &openKey{name: key.Name, id: key.ID, ends: key.Ends}
	}
	if err := e.revoke(ctx, open); err != nil {
		if errors.Is(err, coveo.ErrTokenUnknown) {
			err = errors.New("the provider that made it has no token any more")
		}
		resp.Diagnostics.AddWarning("Key for one run not revoked: "+key.Name, stillOpen(open, err))
	}
}

// tokenUnknown tells whether every call would answer that the token is not known yet.
func (s *Service) tokenUnknown() bool {
	client, ok := s.api.(interface{ TokenUnknown() bool })
	return ok && client.TokenUnknown()
}

// urgent is the API without its turns, where it can do without.
func (s *Service) urgent() revoker {
	if client, ok := s.api.(interface{ Urgent() *coveo.Client }); ok {
		return client.Urgent()
	}
	return s.api
}
