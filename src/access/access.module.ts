import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessController } from './access.controller.js';
import { AccessGuard } from './access.guard.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { Authenticator } from './authenticator.js';
import { FirstAdmin } from './first-admin.js';
import { Gatekeeper } from './gatekeeper.js';
import { LoginLinksRepository } from './login-links.repository.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { Passwords } from './passwords.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsRepository } from './sessions.repository.js';
import { UsersRepository } from './users.repository.js';

/** Who may do what, for the process with the web server. Its guard stands before every route of the application. */
@Global()
@Module({
  controllers: [LoginController, AccessController, ApiKeysController],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: LoginThrottle, useFactory: () => new LoginThrottle() },
    ApiKeysRepository,
    ApiKeysService,
    Authenticator,
    FirstAdmin,
    Gatekeeper,
    LoginLinksRepository,
    LoginService,
    Passwords,
    SessionCookie,
    SessionsRepository,
    UsersRepository,
  ],
  exports: [FirstAdmin, Gatekeeper],
})
export class AccessModule {}
