// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/access"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/apikey"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/erasure"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/export"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/group"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/overview"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// organizationPattern is what approvals and receipts can name: an ID that cannot break a line that is signed.
var organizationPattern = regexp.MustCompile(`^[!-~]{1,128}$`)

// configured is what one provider instance shares for one walk of Terraform. Each package takes the part it needs through an
// interface of its own.
type configured struct {
	client *coveo.Client
	people *subject.Directory
	clock  coveo.Clock

	keeper    *apikey.Keeper
	access    *access.Service
	apiKeys   *apikey.Service
	groups    *group.Service
	overviews *overview.Reader
	exports   *export.Service
	packages  *disclosure.Service
	erasures  *erasure.Service
}

// Client is the API client of this provider instance.
func (c *configured) Client() *coveo.Client { return c.client }

// People resolves case references and computes digests.
func (c *configured) People() *subject.Directory { return c.people }

// Access tells who may do what.
func (c *configured) Access() *access.Service { return c.access }

// APIKeys reads and writes the organization's keys, sharing one list of them for this walk.
func (c *configured) APIKeys() *apikey.Service { return c.apiKeys }

// Keeper knows the keys for one run that are open.
func (c *configured) Keeper() *apikey.Keeper { return c.keeper }

// Groups reads and writes the organization's groups, sharing one list of them for this walk.
func (c *configured) Groups() *group.Service { return c.groups }

// Disclosures makes packages that are handed over.
func (c *configured) Disclosures() *disclosure.Service { return c.packages }

// Overviews looks people up, remembering what it saw for this walk.
func (c *configured) Overviews() *overview.Reader { return c.overviews }

// Exports reads and makes exports, sharing one list of them for this walk.
func (c *configured) Exports() *export.Service { return c.exports }

// Erasures decides and carries out erasures, with a register of this walk's records.
func (c *configured) Erasures() *erasure.Service { return c.erasures }

// Configure makes the client and reads the vault. It makes no network call.
func (p *coveoProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client := p.newClient(config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	c := &configured{
		client: client,
		people: readPeople(ctx, config, client.OrganizationID(), &resp.Diagnostics),
		clock:  p.clock,

		keeper:    p.keeper,
		apiKeys:   apikey.NewService(client, p.clock),
		groups:    group.NewService(client, p.clock),
		overviews: overview.NewReader(client),
		exports:   export.NewService(client, p.clock, rand.Text),
	}
	c.access = access.NewService(client, c.apiKeys, c.groups, p.clock)
	c.packages = disclosure.NewService(client, c.people, p.clock)
	c.erasures = p.newErasures(ctx, config, c, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.ResourceData = c
	resp.DataSourceData = c
	resp.EphemeralResourceData = c
	resp.ActionData = c
	resp.ListResourceData = c
}

func (p *coveoProvider) newClient(config model, diags *diag.Diagnostics) *coveo.Client {
	organization := setting(config.OrganizationID, "organization_id", "COVEO_ORGANIZATION_ID", diags)
	region := setting(config.Region, "region", "COVEO_REGION", diags)
	environment := setting(config.Environment, "environment", "COVEO_ENVIRONMENT", diags)
	platformURL := setting(config.PlatformURL, "platform_url", "COVEO_PLATFORM_URL", diags)
	analyticsURL := setting(config.AnalyticsURL, "analytics_url", "COVEO_ANALYTICS_URL", diags)
	token := config.AccessToken.ValueString()
	if config.AccessToken.IsNull() {
		token = os.Getenv("COVEO_ACCESS_TOKEN")
	}
	if diags.HasError() {
		return nil
	}
	if organization == "" {
		diags.AddAttributeError(path.Root("organization_id"), "Organization missing",
			"The provider does not know which organization to work on. Set organization_id, or COVEO_ORGANIZATION_ID in the environment.")
	} else if !organizationPattern.MatchString(organization) {
		diags.AddAttributeError(path.Root("organization_id"), "Organization cannot be used",
			"organization_id (COVEO_ORGANIZATION_ID) must be an ID as Coveo's console shows it, such as acmeprod1a2b3c: at most 128 characters, without spaces.")
	}
	switch err := coveo.CheckToken(token); {
	case config.AccessToken.IsUnknown():
	case token == "":
		diags.AddAttributeError(path.Root("access_token"), "Access token missing",
			"The provider has no token to work with. Set COVEO_ACCESS_TOKEN in the environment (an API key, an OAuth 2.0 token or a "+
				"platform token), or access_token from an ephemeral variable or another provider's secret.")
	case err != nil:
		diags.AddAttributeError(path.Root("access_token"), "Access token cannot be used", "access_token (COVEO_ACCESS_TOKEN) cannot be used: "+err.Error()+".")
	}
	checkEnvironment(diags, "region", "COVEO_REGION", region, coveo.Regions())
	checkEnvironment(diags, "environment", "COVEO_ENVIRONMENT", environment, coveo.Environments())
	if platformURL == "" {
		platformURL = coveo.PlatformURL(coveo.Region(region), coveo.Environment(environment))
	} else if err := coveo.CheckPlatformURL(platformURL); err != nil {
		diags.AddAttributeError(path.Root("platform_url"), "URL cannot be used", "platform_url (COVEO_PLATFORM_URL) cannot be used: "+err.Error()+".")
	}
	if analyticsURL != "" {
		if err := coveo.CheckAnalyticsURL(analyticsURL); err != nil {
			diags.AddAttributeError(path.Root("analytics_url"), "URL cannot be used", "analytics_url (COVEO_ANALYTICS_URL) cannot be used: "+err.Error()+".")
		}
	}
	timeout := coveo.DefaultRequestTimeout
	if text := known(config.RequestTimeout, path.Root("request_timeout"), diags).ValueString(); text != "" {
		timeout, _ = time.ParseDuration(text) // the schema's validator has checked it
	}
	retries := int64(coveo.DefaultMaxRetries)
	if value := known(config.MaxRetries, path.Root("max_retries"), diags); !value.IsNull() {
		retries = value.ValueInt64()
	}
	if diags.HasError() {
		return nil
	}
	client, err := coveo.New(coveo.Config{
		OrganizationID:             organization,
		Token:                      token,
		TokenUnknown:               config.AccessToken.IsUnknown(),
		PlatformURL:                platformURL,
		AnalyticsURL:               analyticsURL,
		Region:                     coveo.Region(region),
		Environment:                coveo.Environment(environment),
		RequestsPerSecond:          known(config.RequestsPerSecond, path.Root("requests_per_second"), diags).ValueFloat64(),
		AnalyticsRequestsPerSecond: known(config.AnalyticsRequestsPerSecond, path.Root("analytics_requests_per_second"), diags).ValueFloat64(),
		MaxRetries:                 int(retries),
		RequestTimeout:             timeout,
		UserAgent:                  "terraform-provider-coveo/" + p.version,
		Clock:                      p.clock,
		Log:                        logEntry,
	})
	if err != nil {
		diags.AddError("Provider cannot be configured", "The provider cannot be configured: "+err.Error()+".")
	}
	return client
}

// logEntry writes one attempt to Terraform's log. The entry's type has no room for a body, a query, a token or an identifier.
func logEntry(ctx context.Context, e coveo.Entry) {
	tflog.Debug(ctx, "Coveo call", map[string]any{
		"operation": e.Operation, "method": e.Method, "path": e.Path, "status": e.Status, "attempt": e.Attempt,
		"duration_ms": e.Duration.Milliseconds(), "request_id": e.RequestID, "outcome": e.Outcome,
	})
}

// knowable is what all of the framework's values can tell.
type knowable interface{ IsUnknown() bool }

// known refuses a setting that is known only after apply: without it, a plan would speak of another place or pace than its
// apply.
func known[T knowable](value T, at path.Path, diags *diag.Diagnostics) T {
	if value.IsUnknown() {
		diags.AddAttributeError(at, "Setting not known at plan",
			fmt.Sprintf("%s depends on something that is known only after apply. Only access_token may: give %s a value that is known when "+
				"the plan is made, or split the configuration in two.", at, at))
	}
	return value
}

// setting is an attribute, or else its environment variable.
func setting(value types.String, name, variable string, diags *diag.Diagnostics) string {
	value = known(value, path.Root(name), diags)
	if value.IsNull() {
		return os.Getenv(variable)
	}
	return value.ValueString()
}

func checkEnvironment(diags *diag.Diagnostics, name, variable, value string, allowed []string) {
	if value != "" && !slices.Contains(allowed, value) {
		diags.AddAttributeError(path.Root(name), "Setting cannot be used",
			fmt.Sprintf("%s (%s) must be one of %s, and is %q.", name, variable, strings.Join(allowed, ", "), value))
	}
}

// readPeople reads the vault and the digest keys. A vault that cannot be read is remembered, not refused: closed records
// plan without it, and what needs it reports the reason at its own attribute.
func readPeople(ctx context.Context, config model, organization string, diags *diag.Diagnostics) *subject.Directory {
	people := &subject.Directory{}
	switch file := config.SubjectsFile; {
	case config.Subjects.IsUnknown() || file.IsUnknown():
		people.VaultErr = subject.ErrVaultUnknown
	case !config.Subjects.IsNull():
		people.Vault, people.VaultErr = vaultOf(ctx, config.Subjects)
	default:
		name := file.ValueString()
		if file.IsNull() {
			name = os.Getenv("COVEO_SUBJECTS_FILE")
		}
		if name != "" {
			people.Vault, people.VaultErr = loadVault(name, diags)
		}
	}
	people.Keys, people.KeysErr = readKeys(ctx, config, organization, diags)
	return people
}

func loadVault(name string, diags *diag.Diagnostics) (*subject.Vault, error) {
	vault, exposed, err := subject.LoadVault(name)
	if err != nil {
		return nil, fmt.Errorf("the vault subjects_file (%s) cannot be used: %w", name, err)
	}
	if exposed {
		diags.AddAttributeWarning(path.Root("subjects_file"), "Vault readable by others",
			fmt.Sprintf("The vault %s names people, and its group or everyone on this machine may read it. Restrict it with: chmod 600 %s", name, name))
	}
	return vault, nil
}

func vaultOf(ctx context.Context, value types.Map) (*subject.Vault, error) {
	cases := map[string][]string{}
	for reference, element := range value.Elements() {
		set, ok := element.(basetypes.SetValue)
		if !ok || set.IsUnknown() {
			return nil, subject.ErrVaultUnknown
		}
		var ids []types.String
		if diags := set.ElementsAs(ctx, &ids, false); diags.HasError() {
			return nil, subject.ErrVaultUnknown
		}
		cases[reference] = []string{}
		for _, id := range ids {
			if id.IsUnknown() {
				return nil, subject.ErrVaultUnknown
			}
			cases[reference] = append(cases[reference], id.ValueString())
		}
	}
	vault, err := subject.NewVault(cases)
	if err != nil {
		return nil, fmt.Errorf("the vault subjects cannot be used: %w", err)
	}
	return vault, nil
}

func readKeys(ctx context.Context, config model, organization string, diags *diag.Diagnostics) (*subject.Keyring, error) {
	keys := map[string]string{}
	source := path.Root("digest_keys")
	if config.DigestKeys.IsUnknown() || config.DigestKeyID.IsUnknown() {
		return nil, subject.ErrDigestKeysUnknown
	}
	if !config.DigestKeys.IsNull() {
		var values map[string]types.String
		if d := config.DigestKeys.ElementsAs(ctx, &values, false); d.HasError() {
			diags.Append(d...)
			return nil, subject.ErrNoDigestKey
		}
		for id, value := range values {
			if value.IsUnknown() {
				return nil, subject.ErrDigestKeysUnknown
			}
			keys[id] = value.ValueString()
		}
	} else if text := os.Getenv("COVEO_DIGEST_KEYS"); text != "" {
		// The decoder's error quotes what it read, which is a secret.
		if json.Unmarshal([]byte(text), &keys) != nil {
			diags.AddAttributeError(source, "Digest keys malformed",
				`COVEO_DIGEST_KEYS is not a JSON object of texts, such as {"2026": "<secret of at least 32 bytes>"}.`)
			return nil, subject.ErrNoDigestKey
		}
	}
	ring, err := subject.NewKeyring(organization, keys, config.DigestKeyID.ValueString())
	if err != nil {
		if strings.Contains(err.Error(), "digest_key_id") {
			source = path.Root("digest_key_id")
		}
		diags.AddAttributeError(source, "Digest keys cannot be used", "digest_keys (COVEO_DIGEST_KEYS) cannot be used: "+err.Error()+".")
	}
	return ring, err
}
